/** Questions and answers between processes of one machine: a JSON line each way over a socket file only root can open. */
import { chmod, rm } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { errnoOf } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";

/** Bytes of one question or answer. */
const LIMIT = 16 * 1024 * 1024;

interface Answer {
  readonly value?: unknown;
  readonly fault?: { readonly code: string; readonly message: string; readonly hint?: string | undefined };
}

/** Answers until disposed. What `handle` throws is sent to the asker. */
export async function serveControl(
  path: string,
  handle: (question: unknown) => Promise<unknown>,
): Promise<AsyncDisposable> {
  await rm(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    void answerTo(socket, handle).then((answer) => socket.end(`${JSON.stringify(answer)}\n`));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroySoon();
      await closed;
    },
  };
}

/**
 * @param patience in milliseconds
 * @returns what the other side answered; `undefined` when nobody listens there
 * @throws Fault what the other side threw; `net/no-answer` when it hung up or took too long
 */
export async function askControl(path: string, question: unknown, patience: number): Promise<unknown> {
  const socket = createConnection({ path });
  const timer = setTimeout(() => socket.destroy(new Error("it took too long")), patience);
  try {
    socket.end(`${JSON.stringify(question)}\n`);
    const answer = JSON.parse(await readText(socket)) as Answer;
    if (answer.fault !== undefined) throw new Fault({ ...answer.fault, exit: 2 });
    return answer.value;
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ECONNREFUSED") return undefined;
    throw new Fault({
      code: "net/no-answer",
      message: `expected an answer on ${path}, but ${error instanceof Error ? error.message : String(error)}`,
      exit: 2,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function answerTo(socket: Socket, handle: (question: unknown) => Promise<unknown>): Promise<Answer> {
  try {
    return { value: await handle(JSON.parse(await readText(socket))) };
  } catch (error) {
    if (error instanceof Fault) {
      return { fault: { code: error.code, message: error.message, hint: error.hint } };
    }
    return {
      fault: { code: "net/control", message: error instanceof Error ? error.message : String(error) },
    };
  }
}

async function readText(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Not `for await`: leaving that loop would destroy the socket before it can answer.
  return new Promise((resolve, reject) => {
    socket.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > LIMIT) reject(new Error(`it sent more than ${LIMIT} bytes`));
      else chunks.push(chunk);
    });
    socket.once("end", () => resolve(Buffer.concat(chunks).toString()));
    socket.once("error", reject);
  });
}
