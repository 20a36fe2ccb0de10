/** `seaworthy prove`. */
import { prove } from "../../verb/prove.ts";
import { writeProof } from "../../verb/report.ts";
import {
  type Command,
  DIRECTORY,
  IMAGES,
  LANGUAGE,
  type Option,
  PROJECT,
  projectOptions,
} from "../command.ts";
import { languageOf } from "../language.ts";
import { printProof } from "../print-proof.ts";
import { againstBaseline, exitCodeFrom, THRESHOLD, thresholdOf } from "../threshold.ts";

const PROBES: Option = {
  name: "probes",
  value: "FILE",
  many: true,
  summary: "attacks of your own, in YAML, or a module that exports them",
};

export const proveCommand: Command = {
  name: "prove",
  summary: "Attack the stack and its twins, and say which claims hold",
  takes: [DIRECTORY],
  options: [...PROJECT, ...IMAGES, PROBES, ...THRESHOLD, LANGUAGE],
  examples: [
    { line: "prove examples/myapp", does: "the running stack, or one that is started for the proof" },
    { line: "prove --json > findings.json", does: "every attempt, for machines" },
  ],
  async run(given, io, output) {
    const language = languageOf(given);
    const threshold = thresholdOf(given);
    const proved = await prove({ ...projectOptions(given), probes: given.texts("probes") }, io);
    const findings = await againstBaseline(proved.findings, threshold, io.warn);
    printProof(await writeProof({ ...proved, findings }, language, io), output);
    return exitCodeFrom(findings, threshold.failOn);
  },
};
