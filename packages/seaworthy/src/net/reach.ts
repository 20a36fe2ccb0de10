/** Asks a TCP port for a first word: who answers, if anybody. */
import { connect } from "node:net";
import { errnoOf } from "../fault/errno.ts";

export interface Reached {
  /** `ECONNREFUSED`, or `undefined` when the connection was made. */
  readonly errno: string | undefined;
  /** What came back within the patience, at most 4 KiB. */
  readonly answer: Uint8Array;
}

const PATIENCE = 1500;
const MOST = 4096;

/** @param greeting what is said first; nothing when left out */
export function reach(address: string, port: number, greeting?: Uint8Array): Promise<Reached> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: address, port });
    const end = (errno?: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ errno, answer: Buffer.concat(chunks).subarray(0, MOST) });
    };
    const timer = setTimeout(() => end(socket.connecting ? "ETIMEDOUT" : undefined), PATIENCE);
    socket.once("connect", () => {
      if (greeting === undefined) end();
      else socket.write(greeting);
    });
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      end();
    });
    // A port forwarder accepts and then closes when nobody is behind it.
    socket.once("end", () => end(chunks.length === 0 ? "ECONNRESET" : undefined));
    socket.once("error", (error) => end(errnoOf(error) ?? "error"));
  });
}
