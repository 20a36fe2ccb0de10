/** A hijacked connection as the three streams of a process: output and error output taken apart, input with its end. */
import { once } from "node:events";
import { type Duplex, PassThrough, Writable } from "node:stream";
import { readFrames } from "./frames.ts";

export interface Attached extends Disposable {
  readonly stdin: Writable;
  readonly stdout: PassThrough;
  /** Ends at once when there is a terminal: everything is output then. */
  readonly stderr: PassThrough;
  /** Resolves when the engine has ended the connection; never rejects. What went wrong is the streams' to tell. */
  readonly closed: Promise<void>;
}

/** What may wait unread in each stream before the container has to: more than a pipe holds, so that one unread stream stops nobody. */
const BUFFER = 1024 * 1024;

export function attached(socket: Duplex, tty: boolean): Attached {
  const stdout = new PassThrough({ highWaterMark: BUFFER });
  const stderr = new PassThrough({ highWaterMark: BUFFER });
  // Whoever reads them is told; nobody has to.
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  const stdin = inputOf(socket);
  const closed = pump(socket, stdout, stderr, tty);
  return { stdin, stdout, stderr, closed, [Symbol.dispose]: () => void socket.destroy() };
}

async function pump(socket: Duplex, stdout: PassThrough, stderr: PassThrough, tty: boolean): Promise<void> {
  const source = socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  try {
    if (tty) for await (const data of source) await put(stdout, data);
    else {
      for await (const { stream, data } of readFrames(source)) {
        await put(stream === "stdout" ? stdout : stderr, data);
      }
    }
  } catch (error) {
    // A connection that breaks ends the output: nobody has to listen for errors of a container that was killed.
    if (error instanceof RangeError) for (const stream of [stdout, stderr]) stream.destroy(error);
  } finally {
    socket.destroy();
    stdout.end();
    stderr.end();
  }
}

async function put(stream: PassThrough, data: Uint8Array): Promise<void> {
  if (stream.destroyed || stream.write(data)) return;
  await Promise.race([once(stream, "drain"), once(stream, "close")]);
}

/** Ending it ends the container's input, and leaves the connection open for its output. */
function inputOf(socket: Duplex): Writable {
  const stdin = new Writable({
    write(chunk: Uint8Array, _, done) {
      if (socket.writable) socket.write(chunk, done);
      else done();
    },
    final(done) {
      if (socket.writable) socket.end();
      done();
    },
  });
  // Writing to a container that has ended is its caller's normal fate, not a crash.
  stdin.on("error", () => undefined);
  socket.on("error", () => stdin.destroy());
  return stdin;
}
