/** How long work says what it is doing, without knowing who listens: a terminal, a log, or nobody. */

export interface PhaseHandle {
  /** What is being done right now; replaces what was said before. */
  update(text: string): void;
  /** The phase is over; `summary` says what came of it. */
  done(summary: string): void;
  fail(summary: string): void;
}

export interface Progress {
  /** Begins a phase: `plan`, `build`, `up`, `prove`, `report`. */
  phase(name: string): PhaseHandle;
}

export const SILENT: Progress = {
  phase: () => ({ update: () => undefined, done: () => undefined, fail: () => undefined }),
};

/** Runs work as a phase, which fails when the work throws. */
export async function inPhase<T>(
  progress: Progress,
  name: string,
  work: (phase: PhaseHandle) => Promise<{ readonly value: T; readonly summary: string }>,
): Promise<T> {
  const phase = progress.phase(name);
  try {
    const { value, summary } = await work(phase);
    phase.done(summary);
    return value;
  } catch (error) {
    phase.fail(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
    throw error;
  }
}
