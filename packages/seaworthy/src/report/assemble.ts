/** Findings and facts to a report: the same ones give the same bytes, in whatever order they came. */
import { exitCodeOf, type Finding, type Report, summarise } from "@seaworthy/evidence";

export type ReportFacts = Omit<Report, "schemaVersion" | "findings" | "summary" | "exitCode">;

/** Layers and steps keep their order, for it means something; all else is put in order of its name. */
export function assembleReport(facts: ReportFacts, findings: readonly Finding[]): Report {
  return {
    schemaVersion: 1,
    ...facts,
    images: inOrder(facts.images, ({ service }) => service),
    services: inOrder(facts.services, ({ name }) => name).map((service) => ({
      ...service,
      ports: inOrder(service.ports, ({ address, published, target }) =>
        [address, ...[published, target].map((port) => `${port}`.padStart(5, "0"))].join(" "),
      ),
    })),
    findings: inOrder(findings, ({ id }) => id),
    summary: summarise(findings),
    exitCode: exitCodeOf(findings),
  };
}

/** By code units, so that no machine's locale has a say. */
function inOrder<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return items.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  });
}
