/** Findings of a project as SARIF, with paths as its repository has them. */
import { access, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Finding } from "@seaworthy/evidence";
import type { Language } from "../report/render/language.ts";
import { renderSarif } from "../report/render/sarif.ts";
import { version } from "./version.ts";

export interface SarifSubject {
  readonly project: string;
  /** Absolute: files of findings are named from there. */
  readonly directory: string;
  readonly findings: readonly Finding[];
}

export async function sarifOf(
  { project, directory, findings }: SarifSubject,
  language: Language,
): Promise<string> {
  const lines = new Map<string, readonly string[]>();
  for (const file of new Set(findings.flatMap(({ source }) => (source === undefined ? [] : [source.file])))) {
    const text = await readFile(resolve(directory, file), "utf8").catch(() => "");
    lines.set(file, text.split("\n"));
  }
  return renderSarif(findings, {
    ...{ version: await version(), project, language },
    prefix: relative(await repositoryRoot(directory), directory)
      .split(sep)
      .join("/"),
    lineOf: (file, line) => lines.get(file)?.[line - 1],
  });
}

/** The nearest folder above with a `.git`; the folder itself where there is none. */
async function repositoryRoot(directory: string): Promise<string> {
  for (let at = directory; ; at = dirname(at)) {
    const isRoot = await access(join(at, ".git")).then(
      () => true,
      () => false,
    );
    if (isRoot) return at;
    if (dirname(at) === at) return directory;
  }
}
