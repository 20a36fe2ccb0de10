/** Which files of a package ship: exactly what npm would publish, because npm is the one who says. */
import { Fault } from "../fault/fault.ts";
import { run } from "../shell/run.ts";
import { isRecord } from "./json-fields.ts";

export interface AppFile {
  /** Relative to the package. */
  readonly path: string;
  /** 0o644 or 0o755. */
  readonly mode: number;
}

/**
 * The list `npm pack` would pack, without `node_modules` and without running a script; sorted.
 * @param directory holds package.json, absolute
 * @throws Fault `npm/pack-failed`, `shell/not-found`
 */
export async function listAppFiles(directory: string, signal?: AbortSignal): Promise<readonly AppFile[]> {
  const outcome = await run(["npm", "pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"], {
    cwd: directory,
    timeout: 120_000,
    signal,
  });
  const stdout = Buffer.from(outcome.stdout).toString("utf8");
  const files = outcome.code === 0 ? packedFiles(stdout) : undefined;
  if (files !== undefined) return files;
  throw new Fault({
    code: "npm/pack-failed",
    message: `expected npm pack to list the files of the package, but it said: ${npmError(outcome.stderr)}`,
    hint: "Run npm pack --dry-run in the project and mend what it complains about.",
    place: { file: "package.json" },
  });
}

function packedFiles(json: string): readonly AppFile[] | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(json);
  } catch {
    return undefined;
  }
  const pack: unknown = Array.isArray(answer) ? answer[0] : undefined;
  if (!isRecord(pack) || !Array.isArray(pack["files"])) return undefined;
  const files: AppFile[] = [];
  for (const file of pack["files"]) {
    if (!isRecord(file) || typeof file["path"] !== "string" || typeof file["mode"] !== "number")
      return undefined;
    if (/(^|\/)node_modules\//.test(file["path"])) continue;
    files.push({ path: file["path"], mode: (file["mode"] & 0o111) === 0 ? 0o644 : 0o755 });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The first of npm's error lines say what is wrong, the last where its log is. */
function npmError(stderr: Uint8Array): string {
  const lines = Buffer.from(stderr).toString("utf8").trim().split("\n");
  return lines.slice(0, 3).join("; ") || "nothing";
}
