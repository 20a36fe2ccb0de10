/** `seaworthy prove`. */
import { prove } from "../../verb/prove.ts";
import { writeProof } from "../../verb/report.ts";
import { type Command, DIRECTORY, IMAGES, LANGUAGE, PROJECT, projectOptions } from "../command.ts";
import { languageOf } from "../language.ts";
import { printProof } from "../print-proof.ts";
import { againstBaseline, exitCodeFrom, THRESHOLD, thresholdOf } from "../threshold.ts";

export const proveCommand: Command = {
  name: "prove",
  summary: "Attack the stack and its twins, and say which claims hold",
  takes: [DIRECTORY],
  options: [...PROJECT, ...IMAGES, ...THRESHOLD, LANGUAGE],
  examples: [
    { line: "prove examples/myapp", does: "the running stack, or one that is started for the proof" },
    { line: "prove --json > findings.json", does: "every attempt, for machines" },
  ],
  async run(given, io, output) {
    const language = languageOf(given);
    const threshold = thresholdOf(given);
    const proved = await prove(projectOptions(given), io);
    const findings = await againstBaseline(proved.findings, threshold, io.warn);
    printProof(await writeProof({ ...proved, findings }, language, io), output);
    return exitCodeFrom(findings, threshold.failOn);
  },
};
