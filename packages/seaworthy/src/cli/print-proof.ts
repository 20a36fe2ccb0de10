/** What a person sees of a proof: the table, what failed, and where the whole of it is. */
import type { Proof } from "../verb/report.ts";
import type { Output } from "./command.ts";
import { findingsTable } from "./findings-table.ts";

export function printProof({ report, files }: Proof, output: Output): void {
  output.json(report);
  output.line();
  output.line(findingsTable(report.findings, output.colour));
  output.line();
  output.line(`report  ${files.markdown}`);
}
