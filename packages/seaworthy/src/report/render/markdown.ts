/** The report as Markdown: the sentence that matters first, then chapters C1 to C3, each number from an experiment. */
import type { Attempt, Finding, Report, ReportImage, Verdict } from "@seaworthy/evidence";
import { type Language, WORDS, type Words } from "./language.ts";
import { bullet, code, escaped, tableOf } from "./markdown-text.ts";

/** What the hand-written report counted for its image. */
const HAND_WRITTEN_MEGABYTES = 315;
const MEGABYTE = 1_000_000;
const BAR = 30;
const MARKS: Readonly<Record<Verdict, string>> = {
  held: "✅",
  breached: "❌",
  unproven: "❓",
  absent: "–",
  waived: "⚠️",
};
const WORST: readonly Verdict[] = ["breached", "unproven", "waived", "held", "absent"];

export function renderMarkdown(report: Report, language: Language): string {
  const words = WORDS[language];
  const { engine } = report;
  return `${[
    `# ${words.title}: ${escaped(report.project)}`,
    words.lead(report.summary),
    matrix(report, language),
    words.howToRead,
    [
      bullet(words.made, report.createdAt),
      bullet(words.plan, code(report.plan)),
      bullet(
        words.engine,
        escaped(`${engine.version}, Linux ${engine.kernel}, ${engine.architecture}, cgroup ${engine.cgroup}`),
      ),
      bullet(words.repeat, code(report.repeat)),
    ].join("\n"),
    `## ${words.chapterImages}`,
    ...report.images.map((image) => imageSection(image, words)),
    `## ${words.chapterSecurity}`,
    ...failures(report, language),
    ...services(report).map((service) => securitySection(report, service, language)),
    `## ${words.chapterStack}`,
    stackTable(report, words),
    ...report.services.flatMap(({ name, problem }) =>
      problem === undefined ? [] : [bullet(name, escaped(problem))],
    ),
  ].join("\n\n")}\n`;
}

function services(report: Report): readonly string[] {
  return [
    ...new Set([
      ...report.services.map(({ name }) => name),
      ...report.findings.map(({ service }) => service),
    ]),
  ];
}

function matrix(report: Report, language: Language): string {
  const words = WORDS[language];
  const columns = services(report);
  const controls = [...new Map(report.findings.map(({ control, claim }) => [control, claim[language]]))];
  const rows = controls.map(([control, claim]) => [
    ...columns.map((service) => {
      const here = report.findings.filter((one) => one.control === control && one.service === service);
      const worst = WORST.find((verdict) => here.some((one) => one.verdict === verdict));
      return worst === undefined ? "" : MARKS[worst];
    }),
    escaped(claim),
  ]);
  const legend = WORST.map((verdict) => `${MARKS[verdict]} ${words.verdicts[verdict]}`).join(", ");
  return `${tableOf([...columns.map(escaped), words.claim], rows)}\n\n${legend}`;
}

function imageSection(image: ReportImage, words: Words): string {
  const total = image.unpackedSize;
  const rows = image.layers.map((layer) => [
    escaped(layer.name),
    megabytes(layer.unpackedSize),
    `\`${bar(layer.unpackedSize, total)}\``,
    escaped(layer.createdBy),
  ]);
  const largest = image.layers
    .flatMap((layer) => layer.origins)
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 6)
    .map(({ origin, bytes }) => `${escaped(origin)} (${megabytes(bytes)})`);
  const percent = Math.round((100 * total) / (HAND_WRITTEN_MEGABYTES * MEGABYTE));
  return [
    `### ${escaped(image.reference)}`,
    tableOf(
      [words.layer, words.size, words.share, words.madeBy],
      [...rows, [`**${words.total}**`, `**${megabytes(total)}**`, "", code(image.digest)]],
    ),
    [
      ...(image.layers.some(({ name }) => name === "app")
        ? [`- ${words.compared((total / MEGABYTE).toFixed(1), percent)}`]
        : []),
      bullet(words.user, code(image.user)),
      bullet(
        words.healthCheck,
        image.healthCheck.length === 0 ? words.none : code(image.healthCheck.join(" ")),
      ),
      bullet(words.pinnedBy, escaped(image.pinnedBy)),
      bullet(words.largest, largest.join(", ")),
    ].join("\n"),
  ].join("\n\n");
}

function failures(report: Report, language: Language): string[] {
  const words = WORDS[language];
  const failed = report.findings.filter(({ verdict }) => verdict === "breached" || verdict === "unproven");
  if (failed.length === 0) return [];
  const items = failed.map((finding) => {
    const { source } = finding;
    return [
      `#### ${MARKS[finding.verdict]} ${escaped(finding.service)}: ${escaped(finding.claim[language])}`,
      [
        ...(finding.verdict === "breached" && finding.hardened
          ? [bullet(words.achieved, escaped(finding.hardened.summary[language]))]
          : []),
        ...(finding.reason ? [bullet(words.why, escaped(finding.reason[language]))] : []),
        ...(source ? [bullet(words.where, code(`${source.file}:${source.line} ${source.key}`))] : []),
        ...(finding.fix && finding.verdict === "breached"
          ? [bullet(words.fix, code(finding.fix[language]))]
          : []),
      ].join("\n"),
    ].join("\n\n");
  });
  return [`### ${words.breachedFirst}`, ...items];
}

function securitySection(report: Report, service: string, language: Language): string {
  const findings = report.findings.filter((finding) => finding.service === service);
  return [`### ${escaped(service)}`, ...findings.map((finding) => evidence(finding, language))].join("\n\n");
}

/** Folded, because there is much of it, and whoever doubts a line opens that line. */
function evidence(finding: Finding, language: Language): string {
  const words = WORDS[language];
  const { hardened, twin, loosened, kind, reason, source } = finding;
  const summary = `<summary>${MARKS[finding.verdict]} ${escaped(finding.claim[language])}</summary>`;
  const parts = [
    ...(reason === undefined ? [] : [bullet(words.why, escaped(reason[language]))]),
    ...(source === undefined
      ? []
      : [bullet(words.where, code(`${source.file}:${source.line} ${source.key}`))]),
    ...(hardened === undefined
      ? []
      : [bullet(kind === "rule" ? words.ruleNote : words.hardened, escaped(hardened.summary[language]))]),
    ...(twin === undefined
      ? []
      : [bullet(words.twin(escaped(loosened?.[language] ?? "")), escaped(twin.summary[language]))]),
  ];
  return [
    "<details>",
    summary,
    "",
    parts.join("\n"),
    "",
    steps(hardened, twin, words),
    "",
    "</details>",
  ].join("\n");
}

/** Both sides of each attack in one row where they made the same call. */
function steps(hardened: Attempt | undefined, twin: Attempt | undefined, words: Words): string {
  const left = hardened?.steps ?? [];
  const right = twin?.steps ?? [];
  const calls = [...new Set([...left, ...right].map(({ did }) => did))];
  if (calls.length === 0) return "";
  const saw = (side: Attempt["steps"], did: string): string => {
    const found = side.filter((step) => step.did === did).map((step) => step.saw);
    return found.length === 0 ? "" : code([...new Set(found)].join(", "));
  };
  const rows = calls.map((did) => [
    code(did),
    saw(left, did),
    ...(twin === undefined ? [] : [saw(right, did)]),
  ]);
  return tableOf(
    [
      words.attack,
      words.hardened,
      ...(twin === undefined ? [] : [words.twin("")].map((text) => text.replace(" ()", ""))),
    ],
    rows,
  );
}

function stackTable(report: Report, words: Words): string {
  const rows = report.services.map(({ name, image, status, ports, limits, restarts }) => [
    escaped(name),
    escaped(image),
    escaped(status),
    ports.map(({ address, published, target }) => code(`${address}:${published}->${target}`)).join(", ") ||
      words.notPublished,
    [
      ...(limits.memory === undefined
        ? []
        : [`${words.memory} ${Math.round(limits.memory / 1024 ** 2)} MiB`]),
      ...(limits.pids === undefined ? [] : [`${words.processes} ${limits.pids}`]),
      ...(limits.cpus === undefined ? [] : [`CPU ${limits.cpus}`]),
    ].join(", ") || words.none,
    String(restarts),
  ]);
  return tableOf([words.service, words.image, words.status, words.ports, words.limits, words.restarts], rows);
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

function bar(part: number, whole: number): string {
  const filled = whole === 0 ? 0 : Math.max(part > 0 ? 1 : 0, Math.round((BAR * part) / whole));
  return "█".repeat(filled).padEnd(BAR, "·");
}
