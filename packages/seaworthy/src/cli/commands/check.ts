/** `seaworthy check`. */
import { renderJunit } from "../../report/render/junit.ts";
import { writeWhole } from "../../report/write.ts";
import { check } from "../../verb/check.ts";
import { sarifOf } from "../../verb/sarif.ts";
import { type Command, LANGUAGE, PROJECT, projectOptions, TARGET } from "../command.ts";
import { languageOf } from "../language.ts";
import { printCheck } from "../print-check.ts";
import { againstBaseline, exitCodeFrom, THRESHOLD, thresholdOf } from "../threshold.ts";

export const checkCommand: Command = {
  name: "check",
  summary: "Judge Compose files, Dockerfiles, images and containers as they are, without running anything",
  takes: [TARGET],
  options: [
    ...PROJECT.filter(({ name }) => name !== "engine"),
    ...THRESHOLD,
    { name: "sarif", value: "FILE", summary: "write the findings for code scanning" },
    { name: "junit", value: "FILE", summary: "write the findings for a CI server" },
    LANGUAGE,
  ],
  examples: [
    { line: "check", does: "the stack in this folder, every service with its Dockerfile" },
    { line: "check Dockerfile", does: "one file alone" },
    { line: "check nginx:1.27", does: "an image that the engine has: what is in it, and what it declares" },
    { line: "check container:web", does: "what the engine says of a container" },
    { line: "check docker-archive:app.tar", does: "an image from docker save, without an engine" },
    { line: "check oci:layout:1.2", does: "an OCI layout, from skopeo or BuildKit; one image of it" },
    { line: "check --fail-on high --sarif check.sarif", does: "in a pipeline" },
  ],
  async run(given, io, output) {
    const language = languageOf(given);
    const threshold = thresholdOf(given);
    const { findings: all, ...seen } = await check(projectOptions(given), io);
    const findings = await againstBaseline(all, threshold, io.warn);
    const exitCode = exitCodeFrom(findings, threshold.failOn);
    const checked = { ...seen, findings, exitCode };
    const [sarif, junit] = [given.text("sarif"), given.text("junit")];
    if (sarif !== undefined) await writeWhole(sarif, await sarifOf(checked, language));
    if (junit !== undefined) {
      const createdAt = io.now().toISOString();
      await writeWhole(junit, renderJunit({ project: checked.project, createdAt, findings }, language));
    }
    output.json(checked);
    printCheck(checked, language, output);
    return exitCode;
  },
};
