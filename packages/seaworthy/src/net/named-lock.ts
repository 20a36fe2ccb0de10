/** A lock that ends with the process that holds it, however that ends: a name in Linux's abstract socket namespace. */
import { createServer } from "node:net";
import { errnoOf } from "../fault/errno.ts";

/**
 * @param name up to 80 bytes; locks of different users do not meet
 * @returns `undefined` when another process has it
 * @see unix(7), "abstract": such a socket has no file, and is gone when its last descriptor is
 */
export function takeLock(name: string): Promise<AsyncDisposable | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if (errnoOf(error) === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen({ path: `\0seaworthy/${process.getuid?.() ?? 0}/${name}` }, () => {
      // Nobody is kept from ending by a lock.
      server.unref();
      resolve({
        [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}
