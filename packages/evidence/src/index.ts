export { canonicalJson } from "./canonical.ts";
export { checkReport, ReportError } from "./check-report.ts";
export type { Attempt, Finding, SourceLine, Step, Text, Verdict } from "./finding.ts";
export {
  exitCodeOf,
  type Report,
  type ReportImage,
  type ReportLayer,
  type ReportReach,
  type ReportService,
  summarise,
  VERDICTS,
} from "./report.ts";
export type { Problem } from "./shape.ts";
export { type Compared, sideBySide } from "./side-by-side.ts";
