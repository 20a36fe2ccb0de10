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
  // Of an image or a container there is no line to name.
  const fileOf = ({ source }: Finding): string => source?.file ?? files[0] ?? "";
  for (const file of new Set([...files, ...told.map(fileOf)])) {
    const here = told.filter((finding) => fileOf(finding) === file).sort(byLine);
    if (here.length === 0) continue;
    output.line(bold(file));
    for (const finding of here)
      for (const line of linesOf(finding, language, output.colour)) output.line(line);
    output.line();
  }
  output.line(dim(summary(findings, language)));
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

function summary(findings: readonly Finding[], language: "en" | "ru"): string {
  const { held, breached, unproven, waived } = summarise(findings);
  const [declared, missing, unknown, excused, proof, remedy] = WORDS[language];
  const parts = [
    `${held} ${declared}`,
    `${breached} ${missing}`,
    ...(unproven > 0 ? [`${unproven} ${unknown}`] : []),
    ...(waived > 0 ? [`${waived} ${excused}`] : []),
  ];
  return [`${parts.join(", ")}.`, proof, ...(breached > 0 ? [remedy] : [])].join(" ");
}

const WORDS = {
  en: [
    ...["claims are declared", "are not", "cannot be told from source", "are waived"],
    "What is declared is put to the test by: seaworthy prove.",
    "What each service can do without is found out, and written, by: seaworthy harden",
  ],
  ru: [
    ...["утверждений объявлено", "нет", "по исходникам не видно", "с отсрочкой"],
    "Объявленное проверяет на деле: seaworthy prove.",
    "Без чего обойдётся каждая служба, выясняет и записывает: seaworthy harden",
  ],
} as const;
