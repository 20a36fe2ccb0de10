/** The report as Markdown: the sentence that matters first, then chapters C1 to C3, each number from an experiment. */
import type { Finding, Report } from "@seaworthy/evidence";
import { imageChapter } from "./chapter-image.ts";
import { securityChapter } from "./chapter-security.ts";
import { stackChapter } from "./chapter-stack.ts";
import { type Language, WORDS } from "./language.ts";
import { bullet, code, prose, tableOf } from "./markdown-text.ts";
import { MARKS, WORST_FIRST, worstOf } from "./verdict-mark.ts";
import type { Words } from "./words.ts";

export function renderMarkdown(report: Report, language: Language): string {
  const words = WORDS[language];
  const services = servicesOf(report);
  const blocks = [
    `# ${prose(report.project)}: ${words.headline(report.summary)}`,
    counts(report, words),
    ...matrix(report, services, "control", language),
    ...matrix(report, services, "rule", language),
    origin(report, words),
    ...imageChapter(report.images, words),
    ...securityChapter(report, services, language),
    ...stackChapter(report.services, report.reach, words),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** Those that run, then any that findings alone speak of. */
function servicesOf({ services, findings }: Report): readonly string[] {
  return [...new Set([...services.map(({ name }) => name), ...findings.map(({ service }) => service)])];
}

/** How many of each verdict there are, and what its mark means. */
function counts({ summary }: Report, words: Words): string {
  return WORST_FIRST.filter((verdict) => summary[verdict] > 0)
    .map(
      (verdict) =>
        `- ${MARKS[verdict]} **${words.verdicts[verdict]}: ${words.claims(summary[verdict])}** — ${words.meanings[verdict]}`,
    )
    .join("\n");
}

/** Claims by services, what needs attention on top. */
function matrix(
  { findings }: Report,
  services: readonly string[],
  kind: Finding["kind"],
  language: Language,
): readonly string[] {
  const words = WORDS[language];
  const ofKind = findings.filter((finding) => finding.kind === kind);
  const groups = [...new Set(ofKind.map(({ control }) => control))].map((control) =>
    ofKind.filter((finding) => finding.control === control),
  );
  if (groups.length === 0) return [];
  const rows = WORST_FIRST.flatMap((verdict) => groups.filter((group) => worstOf(group) === verdict)).map(
    (group) => [
      prose(group[0]?.claim[language] ?? ""),
      ...services.map((service) => {
        const worst = worstOf(group.filter((finding) => finding.service === service));
        return worst === undefined ? "" : MARKS[worst];
      }),
    ],
  );
  return [
    `**${kind === "control" ? words.byAttack : words.byInspection}**`,
    tableOf([words.claim, ...services.map(prose)], rows),
  ];
}

/** What made the report, from what, and where. */
function origin({ tool, createdAt, plan, engine }: Report, words: Words): string {
  const { version, kernel, architecture, cgroup, securityModules } = engine;
  return [
    bullet(words.made, code(createdAt)),
    bullet(words.tool, prose(`${tool.name} ${tool.version}`)),
    bullet(words.plan, code(plan)),
    bullet(words.engine, prose(`${version}, Linux ${kernel}, ${architecture}, cgroup ${cgroup}`)),
    bullet(words.securityModules, prose(securityModules?.join(", ") ?? words.noSecurityModules)),
  ].join("\n");
}
