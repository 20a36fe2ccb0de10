/** Puts a report's files beside the project, each whole or not at all. */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type Report } from "@seaworthy/evidence";
import { renderJunit } from "./render/junit.ts";
import type { Language } from "./render/language.ts";
import { renderMarkdown } from "./render/markdown.ts";

export interface ReportFiles {
  readonly json: string;
  readonly markdown: string;
  readonly junit: string;
  readonly sarif: string;
}

/**
 * Makes the directory if need be. An earlier report stays until the new one is complete.
 * @param directory absolute: `<project>/.seaworthy`
 * @param options `sarif`: the findings as SARIF, which names files as their repository does
 */
export async function writeReport(
  directory: string,
  report: Report,
  { language, sarif }: { readonly language: Language; readonly sarif: string },
): Promise<ReportFiles> {
  const files = {
    json: join(directory, "report.json"),
    markdown: join(directory, "report.md"),
    junit: join(directory, "report.junit.xml"),
    sarif: join(directory, "report.sarif"),
  };
  const json = `${canonicalJson(report)}\n`;
  const markdown = renderMarkdown(report, language);
  const junit = renderJunit(report, language);
  await mkdir(directory, { recursive: true });
  await writeWhole(files.json, json);
  await writeWhole(files.markdown, markdown);
  await writeWhole(files.junit, junit);
  await writeWhole(files.sarif, sarif);
  return files;
}

/** The file is there as a whole or not at all. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${randomUUID()}`;
  try {
    await writeFile(unfinished, text, { flag: "wx" });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
