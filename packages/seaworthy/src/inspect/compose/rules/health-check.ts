/** Without a check nobody notices a service that hangs; with one whose program is missing nobody believes it. */
import { healthy } from "../../../posture/stack-claims/healthy.ts";
import { commandsIn } from "../../../recipe/dockerfile/shell.ts";
import { missingProgram } from "../../missing-program.ts";
import { type ComposeRule, type ComposeSubject, judgeKey, NOTHING } from "../subject.ts";

export const healthCheck: ComposeRule = {
  ...healthy,
  id: healthy.control,
  check(subject) {
    const { healthCheck: check, name } = subject.service;
    if (check?.disabled === true)
      return judgeKey(subject, "healthcheck", { en: "it is turned off", ru: "она отключена" }, "disabled");
    if (check?.argv !== undefined) {
      const missing = missingFrom(check.argv, subject);
      return judgeKey(subject, "healthcheck", missing, check.argv[0] ?? "");
    }
    // The Dockerfile answers for its own; a job is done before anybody asks.
    if (subject.image.from === "dockerfile" || isJob(name, subject)) return NOTHING;
    return judgeKey(subject, "healthcheck", { en: "there is none", ru: "её нет" }, "none");
  },
};

/** What others wait for until it has ended. */
function isJob(name: string, { project }: ComposeSubject): boolean {
  return [...project.services.values()].some(({ dependsOn }) =>
    dependsOn.some(({ service, condition }) => service === name && condition === "completed"),
  );
}

function missingFrom(argv: readonly string[], { image }: ComposeSubject) {
  if (image.base === undefined) return undefined;
  const [shell, flag, line] = argv;
  const needsShell = shell === "/bin/sh" && flag === "-c" && line !== undefined;
  const commands = needsShell ? commandsIn(line) : [{ argv, after: undefined }];
  return missingProgram({ needsShell, commands }, image.base, image.installed);
}
