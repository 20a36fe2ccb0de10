/** What a person sees of a proof: the table, what failed, and where the whole of it is. */
import type { ExitCode } from "../fault/fault.ts";
import type { Proof } from "../verb/report.ts";
import type { Output } from "./command.ts";
import { findingsTable } from "./findings-table.ts";

/** @returns the exit code that the findings give */
export function printProof({ report, files }: Proof, output: Output): 0 | ExitCode {
  output.json(report);
  output.line();
  output.line(findingsTable(report.findings, output.colour));
  output.line();
  output.line(`report  ${files.markdown}`);
  return report.exitCode;
}
