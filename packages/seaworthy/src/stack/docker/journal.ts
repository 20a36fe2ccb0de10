/** What one start has made in an engine, so that a start that fails takes back exactly that, and nothing of anybody else's. */

export interface Journal {
  /** Notes how to take back what has just been made. */
  made(undo: () => Promise<unknown>): void;
  /** Latest first. What cannot be taken back, because the engine has gone, is left to the next `stop`. */
  undo(): Promise<void>;
}

export function createJournal(): Journal {
  const undos: (() => Promise<unknown>)[] = [];
  return {
    made: (undo) => void undos.push(undo),
    async undo() {
      for (let undo = undos.pop(); undo !== undefined; undo = undos.pop())
        await undo().catch(() => undefined);
    },
  };
}
