/** Reads BuildKit's progress records: the few fields of `moby.buildkit.v1.StatusResponse` that are shown, decoded by hand. */

export interface TracedStep {
  readonly digest: string;
  /** `[3/4] RUN npm ci`. */
  readonly name: string;
  readonly cached: boolean;
  readonly started: boolean;
  readonly completed: boolean;
  /** Empty for none. */
  readonly error: string;
}

export interface Trace {
  readonly steps: readonly TracedStep[];
  /** What steps print, in pieces. */
  readonly logs: readonly { readonly step: string; readonly text: string }[];
}

/**
 * @throws RangeError for bytes that are no such record
 * @see https://github.com/moby/buildkit/blob/v0.13.0/api/services/control/control.proto
 */
export function decodeTrace(record: Uint8Array): Trace {
  const steps: TracedStep[] = [];
  const logs: { step: string; text: string }[] = [];
  for (const { field, bytes } of fields(record)) {
    if (field === 1) steps.push(decodeStep(bytes));
    if (field === 3) logs.push(decodeLog(bytes));
  }
  return { steps, logs };
}

function decodeStep(message: Uint8Array): TracedStep {
  const found = [...fields(message)];
  return {
    digest: textOf(found, 1),
    name: textOf(found, 3),
    cached: found.some(({ field, number }) => field === 4 && number !== 0n),
    started: found.some(({ field }) => field === 5),
    completed: found.some(({ field }) => field === 6),
    error: textOf(found, 7),
  };
}

function decodeLog(message: Uint8Array): { step: string; text: string } {
  const found = [...fields(message)];
  return { step: textOf(found, 1), text: textOf(found, 4) };
}

interface Field {
  readonly field: number;
  /** Of a varint; 0 for any other kind. */
  readonly number: bigint;
  /** Of a string, bytes or message; empty for any other kind. */
  readonly bytes: Uint8Array;
}

const EMPTY = new Uint8Array();

/** The wire format: https://protobuf.dev/programming-guides/encoding/ */
function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at];
      if (byte === undefined) break;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number that does not end");
  };
  const take = (length: number): Uint8Array => {
    const bytes = message.subarray(at, at + length);
    if (bytes.length < length) throw new RangeError(`${length} bytes of which ${bytes.length} are there`);
    at += length;
    return bytes;
  };
  while (at < message.length) {
    const key = varint();
    const field = Number(key >> 3n);
    const kind = Number(key & 7n);
    if (kind === 0) yield { field, number: varint(), bytes: EMPTY };
    else if (kind === 2) yield { field, number: 0n, bytes: take(Number(varint())) };
    else if (kind === 1 || kind === 5) take(kind === 1 ? 8 : 4);
    else throw new RangeError(`a field of the kind ${kind}`);
  }
}

function textOf(found: readonly Field[], field: number): string {
  const last = found.findLast((one) => one.field === field);
  return last === undefined ? "" : Buffer.from(last.bytes).toString();
}
