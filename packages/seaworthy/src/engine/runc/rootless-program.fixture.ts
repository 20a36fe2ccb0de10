/** Runs containers as an ordinary user, in a process of its own: the tests' process is root and stays so. */
import { spawnSync } from "node:child_process";
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import type { Container } from "../container.ts";
import type { EngineFacts, ExecResult, Exit, StartOptions } from "../engine.ts";
import { type Lab, TINI } from "./busybox.fixture.ts";

/** An id that is neither root's nor one of the containers'. */
export const CALLER = 1234;

const CRUN = ["/usr/bin/crun", "/usr/sbin/crun"].find((path) => existsSync(path));
const ENGINE = fileURLToPath(new URL("../../../dist/engine/runc/runc.js", import.meta.url));

/** Why an ordinary user cannot run containers here; `undefined` when one can. */
export function whyNotRootless(): string | undefined {
  if (process.geteuid?.() !== 0) return "needs root, to become an ordinary user";
  if (CRUN === undefined) return "needs crun (apt-get install crun)";
  if (!existsSync(ENGINE)) return "needs the compiled program (npx tsc -b)";
  const tried = spawnSync("setpriv", [...AS_CALLER, "unshare", "--user", "--map-root-user", "true"]);
  return tried.status === 0 ? undefined : "user namespaces are disabled for ordinary users";
}

const AS_CALLER = [`--reuid=${CALLER}`, `--regid=${CALLER}`, "--clear-groups", "--"];

export interface Step {
  readonly container: Container;
  readonly options?: StartOptions;
  readonly exec?: readonly string[];
  readonly timeout?: number;
  readonly kill?: string;
  /** Is not disposed of; leftovers are removed when all steps are done. */
  readonly abandon?: boolean;
}

export interface StepResult {
  readonly fault?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit?: Exit;
  readonly exec?: ExecResult;
  /** Of the first process, as the host sees it: the text of `/proc/<pid>/status`. */
  readonly status?: string;
}

const PROGRAM = `
import { readFileSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
const [engineModule, request, reply] = process.argv.slice(2);
const { createRuncEngine } = await import(engineModule);
const { removeLeftovers } = await import(engineModule.replace("runc.js", "leftovers.js"));
const { options, init, steps } = deserialize(readFileSync(request));
const engine = createRuncEngine({ ...options, init: async () => init, unpack: () => Promise.reject(new Error("is unpacked")) });
const text = async (stream) => { let all = ""; for await (const part of stream) all += part; return all; };
const results = [];
for (const step of steps) results.push(await run(step));
if (steps.some((step) => step.abandon)) await removeLeftovers(options.runRoot, options.project);
writeFileSync(reply, serialize({ facts: await engine.facts(), results }));
process.exit(0);
async function run(step) {
  let running;
  try { running = await engine.start(step.container, step.options ?? { network: { kind: "private" } }); }
  catch (error) { return { fault: error.code + ": " + error.message, stdout: "", stderr: "" }; }
  let status;
  try { status = readFileSync("/proc/" + running.pid + "/status", "utf8"); } catch {}
  if (step.abandon) return { stdout: "", stderr: "", status };
  const output = Promise.all([text(running.stdout), text(running.stderr)]);
  const exec = step.exec && await running.exec(step.exec, step.timeout ? { timeout: step.timeout } : {});
  if (step.kill) await running.kill(step.kill);
  if (step.exec && !step.kill) await running[Symbol.asyncDispose]();
  const exit = await running.exited;
  const [stdout, stderr] = await output;
  await running[Symbol.asyncDispose]();
  return { stdout, stderr, exit, exec, status };
}
`;

/** Gives the lab's folder, and a layer of the user's own, to the user. */
export function giveToCaller(lab: Lab): void {
  const { layerRoot } = lab.options;
  const [layer = ""] = readdirSync(layerRoot);
  mkdirSync(join(layerRoot, "rootless"));
  cpSync(join(layerRoot, layer), join(layerRoot, "rootless", layer), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const path of [lab.folder, layerRoot, join(layerRoot, "rootless")]) chownSync(path, CALLER, CALLER);
  const below = spawnSync("chown", ["-hR", `${CALLER}:${CALLER}`, join(layerRoot, "rootless", layer)]);
  if (below.status !== 0) throw new Error(String(below.stderr));
}

/** @throws Error with what the program wrote when it fails */
export function runAsCaller(
  lab: Lab,
  steps: readonly Step[],
  enter: readonly string[] = [],
): { readonly facts: EngineFacts; readonly results: readonly StepResult[] } {
  const [program, request, reply] = ["program.mjs", "request", "reply"].map((name) => join(lab.folder, name));
  const { unpack: _, init: __, ...options } = lab.options;
  writeFileSync(program ?? "", PROGRAM);
  writeFileSync(
    request ?? "",
    serialize({ options: { ...options, runc: { binary: CRUN, libraries: "" } }, init: TINI, steps }),
  );
  const argv = [...AS_CALLER, ...enter, process.execPath, program, ENGINE, request, reply] as string[];
  const env = { PATH: process.env["PATH"], HOME: lab.folder };
  const ended = spawnSync("setpriv", argv, { env, cwd: lab.folder, timeout: 60_000 });
  if (ended.status !== 0) throw new Error(Buffer.concat([ended.stderr, ended.stdout]).toString());
  return deserialize(readFileSync(reply ?? "")) as ReturnType<typeof runAsCaller>;
}
