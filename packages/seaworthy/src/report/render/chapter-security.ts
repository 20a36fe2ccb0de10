/** Chapter C2: what failed and how to mend it, then each claim with both of its attempts side by side. */
import { type Compared, type Finding, type Report, sideBySide, type Text } from "@seaworthy/evidence";
import { type Language, WORDS } from "./language.ts";
import { bullet, code, codeBlock, details, html, prose, tableOf } from "./markdown-text.ts";
import { MARKS, WORST_FIRST } from "./verdict-mark.ts";

export function securityChapter(
  { findings, repeat }: Report,
  services: readonly string[],
  language: Language,
): readonly string[] {
  const words = WORDS[language];
  const urgent = byUrgency(findings).filter(({ verdict }) => verdict !== "held" && verdict !== "absent");
  return [
    `## ${words.chapterSecurity}`,
    words.howToRead,
    ...(urgent.length === 0 ? [] : [`### ${words.toActOn}`]),
    ...urgent.flatMap((finding) => toActOn(finding, language)),
    ...services.flatMap((service) => [
      `### ${prose(service)}`,
      ...byUrgency(findings.filter((finding) => finding.service === service)).map((finding) =>
        evidence(finding, language),
      ),
    ]),
    `### ${words.howToRepeat}`,
    codeBlock(repeat),
  ];
}

function byUrgency(findings: readonly Finding[]): readonly Finding[] {
  return WORST_FIRST.flatMap((verdict) => findings.filter((finding) => finding.verdict === verdict));
}

function toActOn(finding: Finding, language: Language): readonly string[] {
  const words = WORDS[language];
  const { verdict, service, claim, hardened, reason, fix } = finding;
  return [
    `#### ${MARKS[verdict]} ${prose(service)}: ${prose(claim[language])}`,
    [
      bullet(words.status, words.verdicts[verdict]),
      ...(verdict === "breached" && hardened !== undefined
        ? [bullet(words.achieved, said(hardened.summary, language))]
        : []),
      ...(reason === undefined ? [] : [bullet(words.why, said(reason, language))]),
      ...where(finding, language),
      ...(verdict === "unproven" || fix === undefined ? [] : [bullet(words.fix, said(fix, language))]),
    ].join("\n"),
  ];
}

/** Folded, because there is much of it, and whoever doubts a line opens that line. */
function evidence(finding: Finding, language: Language): string {
  const words = WORDS[language];
  const { id, kind, claim, verdict, hardened, twin, loosened, reason } = finding;
  const summary = `${MARKS[verdict]} ${html(claim[language])}: <b>${words.verdicts[verdict]}</b> <code>${html(id)}</code>`;
  const twinName = loosened === undefined ? words.twin : `${words.twin} (${said(loosened, language)})`;
  const facts = [
    ...(reason === undefined ? [] : [bullet(words.why, said(reason, language))]),
    ...(hardened === undefined
      ? []
      : [bullet(kind === "rule" ? words.inspected : words.asDeclared, said(hardened.summary, language))]),
    ...(twin === undefined ? [] : [bullet(twinName, said(twin.summary, language))]),
    ...where(finding, language),
  ];
  return details(summary, [
    ...(facts.length === 0 ? [] : [facts.join("\n")]),
    ...stepTable(finding, language),
  ]);
}

/** One row for the same act on both sides, in the order in which things were done. */
function stepTable(finding: Finding, language: Language): readonly string[] {
  const words = WORDS[language];
  const rows = sideBySide(finding);
  if (rows.length === 0) return [];
  if (finding.twin === undefined) {
    const seen = rows.map(({ did, declared = "" }) => [code(did), code(declared)]);
    return [tableOf([words.attempt, words.seen], seen)];
  }
  const isAttributed = rows.some(({ refusedBy }) => refusedBy !== undefined);
  return [
    tableOf(
      [words.attempt, words.asDeclared, words.twin, ...(isAttributed ? [words.refusedBy] : [])],
      rows.map(({ did, declared, twin, refusedBy }) => [
        ...[code(did), declared === undefined ? "" : code(declared), twin === undefined ? "" : code(twin)],
        ...(isAttributed ? [whoRefused(refusedBy, language)] : []),
      ]),
    ),
  ];
}

function whoRefused(by: Compared["refusedBy"], language: Language): string {
  if (by === undefined) return "";
  return by === "unknown" ? WORDS[language].unknown : prose(by[language]);
}

function where({ source }: Finding, language: Language): readonly string[] {
  if (source === undefined) return [];
  return [bullet(WORDS[language].where, code(`${source.file}:${source.line} ${source.key}`))];
}

/** What is the same in both languages is no sentence: a line of Compose, a system's own message. */
function said(text: Text, language: Language): string {
  return text.en === text.ru ? code(text.en) : prose(text[language]);
}
