/** Findings for a terminal: claims by services at a glance, then what is not held, with the line to change. */
import type { Finding, Verdict } from "@seaworthy/evidence";
import { paint } from "./paint.ts";

const MARKS: Readonly<Record<Verdict, string>> = {
  held: "✓",
  breached: "✗",
  unproven: "?",
  absent: "–",
  waived: "~",
};
const WORST: readonly Verdict[] = ["breached", "unproven", "waived", "held", "absent"];

/** @returns lines, without a final line break */
export function findingsTable(findings: readonly Finding[], colour: boolean): string {
  const painter = paint(colour);
  const services = [...new Set(findings.map(({ service }) => service))];
  const controls = [...new Set(findings.map(({ control }) => control))];
  const claims = new Map(findings.map(({ control, claim }) => [control, claim.en]));
  const mark = (verdict: Verdict | undefined, width: number): string => {
    const text = verdict === undefined ? " " : colour ? MARKS[verdict] : verdict;
    const padded = text.padEnd(width);
    if (verdict === "held") return painter.green(padded);
    if (verdict === "breached") return painter.red(padded);
    return verdict === "unproven" ? painter.yellow(padded) : painter.dim(padded);
  };
  const widths = services.map((service) => Math.max(service.length, colour ? 1 : "breached".length));
  const header = services.map((service, index) => service.padEnd(widths[index] ?? 0)).join("  ");
  const rows = controls.map((control) => {
    const cells = services.map((service, index) => {
      const here = findings.filter((finding) => finding.control === control && finding.service === service);
      return mark(
        WORST.find((verdict) => here.some((finding) => finding.verdict === verdict)),
        widths[index] ?? 0,
      );
    });
    return `  ${cells.join("  ")}  ${claims.get(control)}`;
  });
  return [
    `  ${painter.bold(header)}`,
    ...rows,
    ...findings.flatMap((finding) => details(finding, colour)),
  ].join("\n");
}

/** What a person must act on; what is held needs no more words here. */
function details(finding: Finding, colour: boolean): string[] {
  const { red, yellow, dim, bold } = paint(colour);
  const { verdict, service, claim, source, hardened, reason, fix } = finding;
  if (verdict !== "breached" && verdict !== "unproven") return [];
  const head = verdict === "breached" ? red("breached") : yellow("unproven");
  return [
    "",
    `${head} ${bold(service)}: ${claim.en}`,
    ...(source === undefined ? [] : [`  ${dim("at")}   ${source.file}:${source.line} ${source.key}`]),
    ...(verdict === "breached" && hardened !== undefined ? [`  ${dim("seen")} ${hardened.summary.en}`] : []),
    ...(reason !== undefined ? [`  ${dim("why")}  ${reason.en}`] : []),
    ...(verdict === "breached" && fix !== undefined ? [`  ${dim("fix")}  ${fix.en}`] : []),
  ];
}
