/** Puts a report's files beside the project, each whole or not at all. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type Report } from "@seaworthy/evidence";
import type { Language } from "./render/language.ts";
import { renderMarkdown } from "./render/markdown.ts";

export interface ReportFiles {
  readonly json: string;
  readonly markdown: string;
}

/** @param directory absolute: `<project>/.seaworthy` */
export async function writeReport(
  directory: string,
  report: Report,
  language: Language,
): Promise<ReportFiles> {
  await mkdir(directory, { recursive: true });
  const files = { json: join(directory, "report.json"), markdown: join(directory, "report.md") };
  await writeWhole(files.json, `${canonicalJson(report)}\n`);
  await writeWhole(files.markdown, renderMarkdown(report, language));
  return files;
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
