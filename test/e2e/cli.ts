/** Runs the built command line as a user would, each time in a copy of an example and with run directories of its own. */

import { type SpawnOptions, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const BIN = join(ROOT, "packages/seaworthy/bin/seaworthy.js");

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** In milliseconds. */
  readonly took: number;
}

export interface Started {
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Result>;
}

/** In milliseconds, until SIGKILL or SIGINT. */
interface Ending {
  readonly killAfter?: number;
  readonly interruptAfter?: number;
}

export interface Sandbox extends AsyncDisposable {
  /** A copy of the example, with a port of its own. */
  readonly project: string;
  readonly port: number;
  /** Of its own, so that suites may run side by side: cgroups have no other name. */
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs `seaworthy ARGS`; the project's directory stands for `.`. */
  seaworthy(
    args: readonly string[],
    options?: Ending & { readonly env?: NodeJS.ProcessEnv; readonly wrapper?: readonly string[] },
  ): Promise<Result>;
  start(args: readonly string[]): Started;
  edit(file: string, change: (text: string) => string): Promise<void>;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** @param options `cache: "fresh"` starts with an empty cache; the machine's own is used otherwise */
export async function sandbox(
  options: { readonly example?: string; readonly cache?: "fresh" | "shared" } = {},
): Promise<Sandbox> {
  const home = await mkdtemp(join(tmpdir(), "seaworthy-e2e-"));
  const project = join(home, "myapp");
  await cp(join(ROOT, "examples", options.example ?? "myapp"), project, {
    recursive: true,
    filter: (source) => !/\/(node_modules|dist|secrets|\.seaworthy|seaworthy\.lock)$/.test(source),
  });
  const port = await freePort();
  const name = `myapp-${randomBytes(4).toString("hex")}`;
  const env = {
    ...withoutNpm(process.env),
    NO_COLOR: "1",
    // Whatever else this machine has: suites for a Docker Engine name it.
    SEAWORTHY_ENGINE: "runc",
    COMPOSE_PROJECT_NAME: name,
    SEAWORTHY_RUN_DIR: join(home, "run"),
    SEAWORTHY_STATE_DIR: join(home, "state"),
    ...(options.cache === "fresh" ? { SEAWORTHY_CACHE_DIR: join(home, "cache") } : {}),
  };
  const edit = async (file: string, change: (text: string) => string): Promise<void> => {
    const before = await readFile(join(project, file), "utf8");
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${file} changed nothing`);
    await writeFile(join(project, file), after);
  };
  await edit("compose.yaml", (text) => text.replace(/127\.0\.0\.1:80\d\d:8000/, `127.0.0.1:${port}:8000`));
  const seaworthy: Sandbox["seaworthy"] = (args, more = {}) =>
    run(
      [...(more.wrapper ?? []), process.execPath, BIN, ...args],
      { cwd: project, env: { ...env, ...more.env } },
      more,
    );
  return {
    project,
    port,
    name,
    env,
    seaworthy,
    start: (args) => start([process.execPath, BIN, ...args], { cwd: project, env }),
    edit,
    async [Symbol.asyncDispose]() {
      await seaworthy(["down", "--volumes"]);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Runs `seaworthy ARGS` in a project that the suite has made itself. */
export function runSeaworthy(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  more: Ending = {},
): Promise<Result> {
  const whole = { ...withoutNpm(process.env), NO_COLOR: "1", ...env };
  return run([process.execPath, BIN, ...args], { cwd, env: whole }, more);
}

/** The test runner was started by npm, which tells its children where its cache is; a user's shell does not. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("npm_")));
}

function start(argv: readonly string[], options: SpawnOptions): Started {
  const [program = "", ...args] = argv;
  const began = Date.now();
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Result>((resolveResult, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolveResult({ code, stdout, stderr, took: Date.now() - began }));
  });
  return { kill: (signal) => child.kill(signal), ended };
}

async function run(argv: readonly string[], options: SpawnOptions, more: Ending): Promise<Result> {
  const { kill, ended } = start(argv, options);
  const { killAfter, interruptAfter } = more;
  const timers = [
    killAfter === undefined ? undefined : setTimeout(() => kill("SIGKILL"), killAfter),
    interruptAfter === undefined ? undefined : setTimeout(() => kill("SIGINT"), interruptAfter),
  ];
  try {
    return await ended;
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolvePort(address.port);
        else reject(new Error("expected an address"));
      });
    });
  });
}
