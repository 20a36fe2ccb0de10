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
    ...alike(findings).flatMap((group) => details(group, colour)),
  ].join("\n");
}

/** Several attacks on one claim, mended at one line, are one thing to do. */
function alike(findings: readonly Finding[]): readonly (readonly [Finding, ...Finding[]])[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const { verdict, service, control, source, reason } = finding;
    if (verdict !== "breached" && verdict !== "unproven") continue;
    const key = JSON.stringify([verdict, service, control, source, reason]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** What a person must act on; what is held needs no more words here. */
function details(group: readonly [Finding, ...Finding[]], colour: boolean): string[] {
  const { red, yellow, dim, bold } = paint(colour);
  const [{ verdict, service, source, reason }] = group;
  const isBreached = verdict === "breached";
  const head = isBreached ? red("breached") : yellow("unproven");
  const claims = [...new Set(group.map(({ claim }) => claim.en))];
  const fixes = isBreached ? [...new Set(group.flatMap(({ fix }) => fix?.en ?? []))] : [];
  const seen = isBreached ? [...new Set(group.flatMap(({ hardened }) => hardened?.summary.en ?? []))] : [];
  return [
    "",
    `${head} ${bold(service)}: ${claims.join("; ")}`,
    ...(source === undefined ? [] : [`  ${dim("at")}   ${source.file}:${source.line} ${source.key}`]),
    ...seen.map((summary) => `  ${dim("seen")} ${summary}`),
    ...(reason === undefined ? [] : [`  ${dim("why")}  ${reason.en}`]),
    ...fixes.map((fix) => `  ${dim("fix")}  ${fix}`),
  ];
}
