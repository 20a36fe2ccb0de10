/** What a person sees of a check: what is wrong, file by file in the order of its lines, and how much is not. */
import { type Finding, summarise } from "@seaworthy/evidence";
import type { Severity } from "../posture/about.ts";
import { severityOf } from "../report/claims.ts";
import type { Checked } from "../verb/check.ts";
import type { Output } from "./command.ts";
import { paint } from "./paint.ts";

export function printCheck(
  { findings, files }: Pick<Checked, "findings" | "files">,
  language: "en" | "ru",
  output: Output,
): void {
  const { bold, dim } = paint(output.colour);
  const told = findings.filter(
    ({ verdict }) => verdict === "breached" || verdict === "unproven" || verdict === "waived",
  );
  for (const file of [...new Set([...files, ...told.map(({ source }) => source?.file ?? "")])]) {
    const here = told.filter(({ source }) => (source?.file ?? "") === file).sort(byLine);
    if (here.length === 0) continue;
    output.line(bold(file));
    for (const finding of here)
      for (const line of linesOf(finding, language, output.colour)) output.line(line);
    output.line();
  }
  output.line(dim(summary(findings)));
}

function byLine({ source: one }: Finding, { source: other }: Finding): number {
  return (one?.line ?? 0) - (other?.line ?? 0);
}

const PLACE = 7;
const WORD = 9;

function linesOf(finding: Finding, language: "en" | "ru", colour: boolean): readonly string[] {
  const { bold, dim, red, yellow } = paint(colour);
  const { verdict, source, service, control, hardened, reason, fix } = finding;
  const place = source === undefined ? "" : `${source.line}:${source.column ?? 1}`;
  const severity = severityOf(finding);
  const word = verdict === "breached" ? severity : verdict;
  const loud: Readonly<Record<Severity, (text: string) => string>> = {
    critical: red,
    high: red,
    medium: yellow,
    low: dim,
  };
  const tint = verdict === "breached" ? loud[severity] : verdict === "unproven" ? yellow : dim;
  const seen = verdict === "breached" ? hardened?.summary[language] : reason?.[language];
  const indent = " ".repeat(2 + PLACE + 2 + WORD + 2);
  return [
    `  ${place.padEnd(PLACE)}  ${tint(word.padEnd(WORD))}  ${bold(control)} ${dim(`(${service})`)} ${seen ?? ""}`,
    ...(verdict === "waived" || fix === undefined ? [] : [`${indent}${dim(fix[language])}`]),
  ];
}

function summary(findings: readonly Finding[]): string {
  const { held, breached, unproven, waived } = summarise(findings);
  const parts = [
    `${held} claims are declared`,
    `${breached} are not`,
    ...(unproven > 0 ? [`${unproven} cannot be told from source`] : []),
    ...(waived > 0 ? [`${waived} are waived`] : []),
  ];
  const harden =
    breached > 0 ? " What each service can do without is found out, and written, by: seaworthy harden" : "";
  return `${parts.join(", ")}. What is declared is put to the test by: seaworthy prove.${harden}`;
}
