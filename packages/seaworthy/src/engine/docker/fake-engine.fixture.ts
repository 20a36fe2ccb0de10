/** Something on a socket file that answers as a test says: an engine's good and bad days without an engine. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { DockerClient } from "./client.ts";
import { connectDocker } from "./connect.ts";

export interface FakeEngine extends AsyncDisposable {
  readonly host: string;
  readonly folder: string;
  /** `GET /v1.41/info`, without the body; pings left out. */
  readonly requests: string[];
  connect(): Promise<DockerClient>;
}

export interface FakeAnswers {
  /** Headers of the ping; `{ "api-version": "1.41" }` unless given. */
  readonly ping?: Readonly<Record<string, string>>;
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export async function fakeEngine(answers: FakeAnswers): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), "fake-engine-"));
  const path = join(folder, "engine.sock");
  const requests: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((request, response) => {
    if (request.url === "/_ping") {
      response.writeHead(200, answers.ping ?? { "api-version": "1.41" }).end("OK");
      return;
    }
    requests.push(`${request.method} ${request.url}`);
    answers.answer?.(request, response);
  });
  server.on("upgrade", (request, socket, head) => {
    requests.push(`${request.method} ${request.url}`);
    answers.upgrade?.(request, socket, head);
  });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const host = `unix://${path}`;
  return {
    host,
    folder,
    requests,
    connect: () => connectDocker({ env: { HOME: folder }, host }),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A frame as the engine multiplexes output. */
export function frame(stream: number, text: string): Buffer {
  const data = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}
