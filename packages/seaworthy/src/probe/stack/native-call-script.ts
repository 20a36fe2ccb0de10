/**
 * JavaScript that runs in a service's own Node before the service does, calls the C library through `node:ffi`, says in one
 * line what came of it, and ends the process.
 * @see {@link https://nodejs.org/api/ffi.html}
 */
import { isRecord } from "../../npm/json-fields.ts";

/** Where JavaScript can be made to run: where it is, in a thread of its own, and in another process. */
export const WAYS = ["thread", "worker", "child"] as const;
export type Way = (typeof WAYS)[number];

export interface Try {
  readonly way: Way;
  /** What stood in the way; `undefined` when the C library was called and answered rightly. */
  readonly refusal: string | undefined;
}

export interface Answer {
  /** `26.12.1` */
  readonly version: string;
  /** Absolute, in the container. */
  readonly program: string;
  readonly hasFfi: boolean;
  /** In the order of the ways; the first that succeeded is the last. */
  readonly tries: readonly Try[];
}

export const NO_MODULE = "no such module";

/** An expression. That the right number comes back is what shows that the function was called. */
const CALL = `(() => {
  try {
    const ffi = process.getBuiltinModule("node:ffi");
    if (ffi === undefined) return { refusal: ${JSON.stringify(NO_MODULE)} };
    const { functions } = ffi.dlopen(null, { getpid: { return: "i32", arguments: [] } });
    return functions.getpid() === process.pid ? {} : { refusal: "another number" };
  } catch (error) {
    return { refusal: String(error.code ?? error.message) };
  }
})()`;

/** What starts the service by a name of its own, and is not the service. */
const MANAGERS = "/^(?:npm|npx|yarn|yarnpkg|pnpm|pnpx|corepack)(?:-cli|-[0-9.]+)?(?:[.][cm]?js)?$/";

/**
 * A worker and a child get the flags that JavaScript would give them; both may have an environment of their own, too.
 * @param mark begins the line
 */
function script(mark: string): string {
  return `
import { spawnSync } from "node:child_process";
import { writeSync } from "node:fs";
import { basename } from "node:path";
import { isMainThread, Worker } from "node:worker_threads";
const env = { ...process.env, NODE_OPTIONS: "" };
const ways = {
  thread: () => ${CALL},
  worker: () => new Promise((resolve, reject) => {
    const source = ${JSON.stringify(`require("node:worker_threads").parentPort.postMessage(${CALL})`)};
    const worker = new Worker(source, { eval: true, execArgv: ["--experimental-ffi"], env });
    worker.once("message", resolve).once("error", reject);
    worker.once("exit", (code) => resolve({ refusal: "exit " + code }));
  }),
  child: () => {
    const source = ${JSON.stringify(`process.stdout.write(JSON.stringify(${CALL}))`)};
    const argv = ["--experimental-ffi", "--permission", "--allow-ffi", "--eval", source];
    const { error, stdout, status, signal } = spawnSync(process.execPath, argv, { env, encoding: "utf8" });
    if (error) throw error;
    return stdout === "" ? { refusal: "exit " + (status ?? signal) } : JSON.parse(stdout);
  },
};
if (isMainThread && !${MANAGERS}.test(basename(process.argv[1] ?? ""))) {
  const hasFfi = process.allowedNodeEnvironmentFlags.has("--experimental-ffi");
  const tries = [];
  for (const [way, go] of hasFfi ? Object.entries(ways) : []) {
    const { refusal } = await Promise.resolve().then(go).catch((error) => ({ refusal: String(error.code ?? error.message) }));
    tries.push({ way, refusal });
    if (refusal === undefined) break;
  }
  const answer = { version: process.versions.node, program: process.execPath, hasFfi, tries };
  writeSync(1, ${JSON.stringify(`${mark} `)} + JSON.stringify(answer) + "\\n");
  process.exit(0);
}
`;
}

/** An option of Node, in argv or in `NODE_OPTIONS`, since 18.18: runs before the program, under exactly its flags. */
export function importOption(mark: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(script(mark))}`;
}

/** @param text what followed the mark @returns `undefined` for what the script would not say */
export function parseAnswer(text: string): Answer | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(document)) return undefined;
  const { version, program, hasFfi, tries } = document;
  if (typeof version !== "string" || !/^\d+\.\d+\.\d+\S{0,20}$/.test(version)) return undefined;
  if (typeof program !== "string" || !program.startsWith("/")) return undefined;
  if (typeof hasFfi !== "boolean" || !Array.isArray(tries)) return undefined;
  const read = tries.map(parseTry);
  const known = read.flatMap((one) => one ?? []);
  return known.length === read.length ? { version, program, hasFfi, tries: known } : undefined;
}

const LONGEST_REFUSAL = 200;

function parseTry(value: unknown): Try | undefined {
  if (!isRecord(value)) return undefined;
  const { way, refusal } = value;
  const known = WAYS.find((one) => one === way);
  if (known === undefined || (refusal !== undefined && typeof refusal !== "string")) return undefined;
  return { way: known, refusal: refusal?.replaceAll(/[^ -~]/g, "?").slice(0, LONGEST_REFUSAL) };
}
