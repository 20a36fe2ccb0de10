export type { Attempt, Finding, SourceLine, Step, Text, Verdict } from "./finding.ts";
