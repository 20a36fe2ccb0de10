/** Starts the service as a process of its own, as a container would, and never leaves one behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { TestContext } from "node:test";

export interface Running {
  readonly child: ChildProcess;
  /** All of standard output so far. */
  output(): string;
  /** Resolves when a line of the output holds `text`; rejects when the process ends before. */
  prints(text: string): Promise<void>;
  /** The exit code; null when a signal ended the process. */
  readonly exit: Promise<number | null>;
}

export function run(context: TestContext, script: string, env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, [script], { env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  context.after(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exit = once(child, "close").then(([code]) => code as number | null);
  return {
    child,
    exit,
    output: () => output,
    prints: async (text) => {
      while (!output.includes(text)) {
        const more = once(child.stdout, "data").then(() => "more");
        if ((await Promise.race([more, exit])) !== "more" && !output.includes(text)) {
          throw new Error(`expected the output to hold ${JSON.stringify(text)}, found:\n${output}`);
        }
      }
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("expected a TCP address");
  return address.port;
}
