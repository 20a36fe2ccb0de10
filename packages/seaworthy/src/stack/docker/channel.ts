/** Many writers, one reader: values in the order they come, with writers held back while the reader is busy. */

export interface Channel<Value> extends AsyncIterable<Value> {
  /** Resolves when there is room for more; at once after the end, when nobody reads any more. */
  send(value: Value): Promise<void>;
  /** The reader gets what was sent before, then the end, or the error. */
  close(error?: Error): void;
}

const ROOM = 256;

export function createChannel<Value>(): Channel<Value> {
  const values: Value[] = [];
  let closed: { readonly error: Error | undefined } | undefined;
  const waiting: (() => void)[] = [];

  function tell(): void {
    for (const resolve of waiting.splice(0)) resolve();
  }

  function isFull(): boolean {
    return values.length > ROOM && closed === undefined;
  }

  function changed(): Promise<void> {
    return new Promise((resolve) => waiting.push(resolve));
  }

  async function* read(): AsyncGenerator<Value> {
    try {
      for (;;) {
        for (let value = values.shift(); value !== undefined; value = values.shift()) {
          tell();
          yield value;
        }
        if (closed?.error !== undefined) throw closed.error;
        if (closed !== undefined) return;
        await changed();
      }
    } finally {
      closed ??= { error: undefined };
      tell();
    }
  }

  return {
    async send(value) {
      if (closed !== undefined) return;
      values.push(value);
      tell();
      while (isFull()) await changed();
    },
    close(error) {
      closed ??= { error };
      tell();
    },
    [Symbol.asyncIterator]: read,
  };
}
