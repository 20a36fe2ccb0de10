/** Findings and facts to a report: the same findings give the same bytes, in whatever order they came. */
import { exitCodeOf, type Finding, type Report, summarise } from "@seaworthy/evidence";

export type ReportFacts = Omit<Report, "schemaVersion" | "findings" | "summary" | "exitCode">;

export function assembleReport(facts: ReportFacts, findings: readonly Finding[]): Report {
  const sorted = findings.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    schemaVersion: 1,
    ...facts,
    findings: sorted,
    summary: summarise(findings),
    exitCode: exitCodeOf(findings),
  };
}
