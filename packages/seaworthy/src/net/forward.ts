/** Carries TCP connections from a published port to a service: bound in one network namespace, connected in another. */
import { connect, createServer, type Server, type Socket } from "node:net";

/** A bound port, as it is handed from process to process. */
export type Listener = Server;

/**
 * Binds the address; nobody answers yet, connections wait.
 * @throws the system's error (`EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`) as it is
 */
export function listenOn(address: string, port: number): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: address, port, ipv6Only: false }, () => {
      server.off("error", reject);
      resolve(server);
    });
  });
}

/** Answers each connection of the listener with one to the target, made in our own network namespace. */
export function forward(listener: Listener, target: number, address = "127.0.0.1"): AsyncDisposable {
  const open = new Set<Socket>();
  const track = (socket: Socket): void => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  };
  listener.on("connection", (client: Socket) => {
    const service = connect({ host: address, port: target, allowHalfOpen: true });
    // A listener that came from another process has lost the wish: a client may end its half and still listen.
    client.allowHalfOpen = true;
    track(client);
    track(service);
    client.pipe(service).pipe(client);
    // Whatever breaks on one side breaks the other: the peer must not wait for what will not come.
    client.on("error", () => service.destroy());
    service.on("error", () => client.resetAndDestroy());
  });
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
