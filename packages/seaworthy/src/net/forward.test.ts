import { connect, createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { forward, listenOn } from "./forward.ts";

test("carries both directions, half-closed connections included", async () => {
  // Answers only after the client has said all: what `allowHalfOpen` is for.
  await using service = await serving((text) => `${text.length} bytes`);
  const listener = await listenOn("127.0.0.1", 0);
  await using _ = forward(listener, portOf(service));
  const long = "x".repeat(1_000_000);
  expect(await Promise.all([talk(listener, "abc"), talk(listener, long)])).toEqual([
    "3 bytes",
    "1000000 bytes",
  ]);
});

test("a service that is not there resets the connection", async () => {
  const gone = await serving(() => "");
  const port = portOf(gone);
  await gone[Symbol.asyncDispose]();
  const listener = await listenOn("127.0.0.1", 0);
  await using _ = forward(listener, port);
  await expect(talk(listener, "abc")).rejects.toThrow(/ECONNRESET|EPIPE/);
});

test("a taken port is the system's error", async () => {
  const listener = await listenOn("127.0.0.1", 0);
  await expect(listenOn("127.0.0.1", portOf(listener))).rejects.toMatchObject({ code: "EADDRINUSE" });
  listener.close();
});

test("disposing ends open connections and frees the port", async () => {
  await using service = await serving(() => "never");
  const listener = await listenOn("127.0.0.1", 0);
  const forwarding = forward(listener, portOf(service));
  const port = portOf(listener);
  const open = connect(port, "127.0.0.1");
  const closed = new Promise((resolve) => open.once("close", resolve));
  open.on("error", () => undefined);
  await new Promise((resolve) => listener.once("connection", resolve));
  await forwarding[Symbol.asyncDispose]();
  await closed;
  const again = await listenOn("127.0.0.1", port);
  again.close();
});

async function serving(answer: (text: string) => string): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("end", () => socket.end(answer(text)));
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function talk(server: Server, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: portOf(server), host: "127.0.0.1", allowHalfOpen: true });
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.once("error", reject);
    socket.once("end", () => resolve(answer));
    socket.end(text);
  });
}
