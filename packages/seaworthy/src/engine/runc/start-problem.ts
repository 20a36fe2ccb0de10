/** Says why a container could not be started, from what the preparation and runc left in the bundle. */
import { readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import type { Container } from "../container.ts";

export async function startProblem(error: unknown, container: Container, bundle: string): Promise<unknown> {
  if (error instanceof Fault) return error;
  const preparation = (await readIfThere(join(bundle, "prepare.log"))).trim();
  const log = lastLogMessage(await readIfThere(join(bundle, "runc.log")));
  const reason = log ?? (preparation === "" ? await unsaid(error, bundle) : preparation);
  return new Fault({
    code: log === undefined && /overlay/.test(preparation) ? "engine/overlay" : "engine/start",
    message: `expected service "${container.name}" to start (${container.argv.join(" ")}), but ${reason}`,
    hint: hintFor(reason),
    exit: 2,
    cause: error,
  });
}

/** Whether a control group above the container's own was not there any more. */
export function isGroupGone(error: unknown): boolean {
  return (
    error instanceof Fault &&
    /unable to apply cgroup configuration: .*no such (?:file or directory|device)/.test(error.message)
  );
}

/** Nobody could write down what went wrong: on a full disk that is the reason. */
async function unsaid(error: unknown, bundle: string): Promise<string> {
  const disk = await statfs(bundle).catch(() => undefined);
  return disk?.bavail === 0 ? `there is no space left on the disk of ${bundle}` : String(error);
}

function hintFor(reason: string): string | undefined {
  if (/overlay/.test(reason)) return "Load the kernel's overlay file system (modprobe overlay).";
  if (/executable file not found|no such file or directory/.test(reason)) {
    return "Check that the program and its mounts exist: the command is run without a shell.";
  }
  return undefined;
}

/** The last error in a log of JSON lines, `undefined` without one. */
export function lastLogMessage(log: string): string | undefined {
  const messages = log.split("\n").flatMap((line) => {
    try {
      const entry: unknown = JSON.parse(line);
      if (typeof entry !== "object" || entry === null || !("msg" in entry) || !("level" in entry)) return [];
      return entry.level === "error" && typeof entry.msg === "string" ? [entry.msg] : [];
    } catch {
      return [];
    }
  });
  return messages.at(-1);
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
