/** `seaworthy explain`. */
import { CLAIMS, type Claim } from "../../report/claims.ts";
import { explain } from "../../verb/explain.ts";
import { type Command, LANGUAGE } from "../command.ts";
import { languageOf } from "../language.ts";
import { table, wrapped } from "../text.ts";

export const explainCommand: Command = {
  name: "explain",
  summary: "Say what a claim means, why it matters, how it is set and how it is tested",
  takes: [{ name: "ID", optional: true }],
  options: [LANGUAGE],
  examples: [
    { line: "explain", does: "every claim there is" },
    { line: "explain no-new-privileges", does: "one of them" },
    { line: "explain read-only-root.write-root/app", does: "that of a finding" },
  ],
  run(given, _io, output) {
    const language = languageOf(given);
    const [id] = given.positionals;
    if (id === undefined) {
      output.json(CLAIMS);
      output.line(table(CLAIMS.map((one) => [one.id, one.claim[language]])));
    } else {
      const one = explain(id);
      output.json(one);
      output.line(pageOf(one, language, Math.min(output.width, WIDEST)));
    }
    return Promise.resolve(0);
  },
};

/** Longer lines are hard to read. */
const WIDEST = 100;
const LABEL = 12;
const LABELS = {
  en: {
    ...{ severity: "severity", low: "low", medium: "medium", high: "high", critical: "critical" },
    why: "why",
    fix: "fix",
    tested: "tested",
    see: "see",
    none: "has nothing for it",
  },
  ru: {
    ...{ severity: "важность", low: "низкая", medium: "средняя", high: "высокая", critical: "критическая" },
    why: "зачем",
    fix: "исправить",
    tested: "проверка",
    see: "источники",
    none: "не предусмотрено",
  },
} as const;

function pageOf(one: Claim, language: "en" | "ru", width: number): string {
  const { id, claim, about, fix, tested, probes } = one;
  const on = tested.map((text) => text[language]).join(", ");
  const label = LABELS[language];
  const rows: readonly (readonly [string, string])[] = [
    [label.severity, label[about.severity]],
    [label.why, about.why[language]],
    [label.fix, fix[language]],
    ["docker", about.docker ?? label.none],
    ["kubernetes", about.kubernetes ?? label.none],
    [label.tested, probes.length === 0 ? on : `${on}: ${probes.join(", ")}`],
    ...(about.references.length === 0 ? [] : [[label.see, about.references.join(", ")] as const]),
  ];
  return [
    `${id}: ${claim[language]}`,
    "",
    ...rows.map(([label, text]) =>
      wrapped(text, width - LABEL)
        .map((line, index) => `${(index === 0 ? label : "").padEnd(LABEL)}${line}`)
        .join("\n"),
    ),
  ].join("\n");
}
