/** Whether a value somebody hands over is a report, and whether it says no more than its own evidence does. */
import type { Finding } from "./finding.ts";
import { exitCodeOf, type Report, summarise, VERDICTS } from "./report.ts";
import { reportShape } from "./report-shape.ts";
import type { Problem } from "./shape.ts";

export class ReportError extends Error {
  override readonly name = "ReportError";
  /** All that is wrong; the message has the first. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const [first] = problems;
    const others = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
    super(`${first?.path}: ${first?.message}${others}`);
    this.problems = problems;
  }
}

/**
 * The value as a report: first its shape, as `schema/report.schema.json` says it; then that each verdict has the evidence
 * it needs, that ids are unique, and that the counts and the exit code are those of the findings.
 * @throws ReportError with the JSON path of everything that is wrong
 */
export function checkReport(value: unknown): Report {
  refuse(reportShape(value, "$"));
  const report = value as Report;
  refuse([...report.findings.flatMap(unfounded), ...repeatedIds(report), ...wrongTotals(report)]);
  return report;
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ReportError(problems);
}

/** A verdict without the evidence it needs. */
function unfounded(finding: Finding, index: number): readonly Problem[] {
  const { verdict, kind, hardened, twin, reason } = finding;
  const needs = (member: string, wanted: string, found = "nothing"): Problem => ({
    path: `$.findings[${index}].${member}`,
    message: `expected ${wanted} where the verdict is ${verdict}, found ${found}`,
  });
  switch (verdict) {
    case "held":
      return [
        ...(hardened?.outcome === "refused"
          ? []
          : [needs("hardened", "a refused attempt", hardened?.outcome)]),
        ...(kind === "rule" || twin?.outcome === "breached"
          ? []
          : [needs("twin", "a breached twin", twin?.outcome)]),
      ];
    case "breached":
      return hardened?.outcome === "breached"
        ? []
        : [needs("hardened", "a breached attempt", hardened?.outcome)];
    case "unproven":
    case "absent":
    case "waived":
      return reason === undefined ? [needs("reason", "a reason")] : [];
  }
}

function repeatedIds({ findings }: Report): readonly Problem[] {
  const ids = findings.map(({ id }) => id);
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [
          {
            path: `$.findings[${index}].id`,
            message: `expected each id once, found ${JSON.stringify(id)} again`,
          },
        ],
  );
}

function wrongTotals({ findings, summary, exitCode }: Report): readonly Problem[] {
  const counted = summarise(findings);
  const compare = (path: string, found: number, wanted: number): readonly Problem[] =>
    found === wanted ? [] : [{ path, message: `expected ${wanted}, as the findings give, found ${found}` }];
  return [
    ...VERDICTS.flatMap((verdict) => compare(`$.summary.${verdict}`, summary[verdict], counted[verdict])),
    ...compare("$.exitCode", exitCode, exitCodeOf(findings)),
  ];
}
