/** Fetches bytes over HTTP with a size limit, a stall time-out and errors a person can act on. */
import { errnoOf } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";

export interface HttpGetOptions {
  /** The most that will be read; more is a Fault. */
  readonly maxBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte before giving up; 60 s unless said otherwise. */
  readonly stallTimeout?: number;
}

/**
 * The whole body of a 200 answer. Redirects are followed; `fetch` drops credentials when the host changes.
 * A connection that breaks is tried once more: mirrors close idle connections.
 * @throws Fault `net/status`, `net/unreachable`, `net/too-large`, all with exit code 2
 */
export async function httpGet(url: string, options: HttpGetOptions): Promise<Uint8Array> {
  try {
    return await attempt(url, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof Fault) throw error;
  }
  try {
    return await attempt(url, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof Fault) throw error;
    throw new Fault({
      code: "net/unreachable",
      message: `expected an answer from ${redact(url)}, but ${reasonOf(error)}`,
      hint: "Check the network, the proxy, and that the mirror or registry set for this machine is right.",
      exit: 2,
      cause: error,
    });
  }
}

async function attempt(url: string, options: HttpGetOptions): Promise<Uint8Array> {
  const stall = new AbortController();
  const wait = options.stallTimeout ?? 60_000;
  let timer = setTimeout(() => stall.abort(new Error("it stopped answering")), wait);
  const signal =
    options.signal === undefined ? stall.signal : AbortSignal.any([options.signal, stall.signal]);
  try {
    const response = await fetch(url, { headers: { ...options.headers }, signal });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Fault({
        code: "net/status",
        message: `expected status 200 from ${redact(url)}, found ${response.status}`,
        exit: 2,
      });
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(new Error("it stopped answering")), wait);
      size += chunk.length;
      if (size > options.maxBytes) {
        throw new Fault({
          code: "net/too-large",
          message: `expected at most ${options.maxBytes} bytes from ${redact(url)}, found more`,
          exit: 2,
        });
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}

/** The URL without user, password and query: they may be secrets. */
export function redact(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  } catch {
    return "an address that is not a URL";
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return errnoOf(cause) ?? (cause instanceof Error ? cause.message : String(cause));
}
