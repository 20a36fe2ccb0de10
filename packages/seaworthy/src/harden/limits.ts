/** How much a service may use, from how much it was seen to use. */

export interface Limiting {
  /** In bytes. */
  readonly memory: number | undefined;
  readonly pids: number | undefined;
  readonly cpus: number | undefined;
}

/** The most that was seen. */
export interface Usage {
  /** In bytes. */
  readonly memory: number;
  readonly processes: number;
}

const MEBIBYTE = 1024 ** 2;
/** Four times what was seen: a service that was only tried is far from its busiest hour. */
const HEAD_ROOM = 4;
const LEAST_MEMORY = 256 * MEBIBYTE;
const LEAST_PROCESSES = 64;
/** Where nobody could look: room for most. */
const UNSEEN: Usage = { memory: 128 * MEBIBYTE, processes: 32 };

/**
 * Memory: four times the most that was seen and all of its temporary file systems on top (they are memory), in steps of
 * 64 MiB, at least 256 MiB. Processes: four times the most that was seen, in steps of 64, at least 64. CPUs: one.
 * @param scratch the size of all temporary file systems and of shared memory, in bytes
 */
export function limitsFor(usage: Usage | undefined, scratch: number): Limiting {
  const { memory, processes } = usage ?? UNSEEN;
  return {
    memory: inSteps(Math.max(LEAST_MEMORY, HEAD_ROOM * memory) + scratch, 64 * MEBIBYTE),
    pids: inSteps(Math.max(LEAST_PROCESSES, HEAD_ROOM * processes), 64),
    cpus: 1,
  };
}

function inSteps(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** As Compose writes sizes: `256m`. */
export function sizeText(bytes: number): string {
  return bytes % MEBIBYTE === 0 ? `${bytes / MEBIBYTE}m` : String(bytes);
}
