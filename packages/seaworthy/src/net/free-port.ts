/** A port of loopback that nobody listens on right now. */
import { createServer } from "node:net";

/** On 127.0.0.2, so that it says nothing about ports of 127.0.0.1. */
export function freeLoopbackPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.2", port: 0 }, () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new TypeError("expected a port, found a path"));
      });
    });
  });
}
