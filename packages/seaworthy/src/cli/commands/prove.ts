/** `seaworthy prove`. */
import { prove } from "../../verb/prove.ts";
import { writeProof } from "../../verb/report.ts";
import { targetProject } from "../../verb/target-project.ts";
import { type Command, IMAGES, LANGUAGE, type Option, PROJECT, projectOptions, TARGET } from "../command.ts";
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
  takes: [TARGET],
  options: [...PROJECT, ...IMAGES, PROBES, ...THRESHOLD, LANGUAGE],
  examples: [
    { line: "prove examples/myapp", does: "the running stack, or one that is started for the proof" },
    { line: "prove shop/Dockerfile", does: "what it builds, with a Docker Engine or Podman" },
    { line: "prove nginx:1.27", does: "an image, as it is; it is pulled when the engine does not have it" },
    {
      line: "prove web",
      does: "a copy of the container web; container:web and image:web say which is meant",
    },
    { line: "prove --json > findings.json", does: "every attempt, for machines" },
  ],
  async run(given, io, output) {
    const language = languageOf(given);
    const threshold = thresholdOf(given);
    const asked = projectOptions(given);
    const { options, written } = await targetProject({ ...asked, probes: given.texts("probes") }, io);
    if (written !== undefined) output.line(`written ${written.folder}/compose.yaml: ${written.of}`);
    const proved = await prove({ ...options, engineSeccomp: written !== undefined }, io);
    const findings = await againstBaseline(proved.findings, threshold, io.warn);
    const repeat = written === undefined ? undefined : `seaworthy prove ${asked.directory}`;
    printProof(await writeProof({ ...proved, findings }, language, io, repeat), output);
    if (written !== undefined) {
      const how = options.dockerfile === true ? "harden --dockerfile" : "harden";
      output.line(`go on with: seaworthy ${how} ${written.folder}`);
    }
    return exitCodeFrom(findings, threshold.failOn);
  },
};
