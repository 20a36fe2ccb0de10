/** Without a check nobody notices a service that hangs; with one whose program is missing nobody believes it. */
import { healthy } from "../../../posture/stack-claims/healthy.ts";
import { commandsIn } from "../../../recipe/dockerfile/shell.ts";
import { hasProgram } from "../../dockerfile/known-bases.ts";
import { type ComposeRule, type ComposeSubject, judgeKey, NOTHING } from "../subject.ts";

export const healthCheck: ComposeRule = {
  ...healthy,
  id: healthy.control,
  check(subject) {
    const { healthCheck: check, name } = subject.service;
    if (check?.disabled === true)
      return judgeKey(subject, "healthcheck", { en: "it is turned off", ru: "она отключена" }, "disabled");
    if (check?.argv !== undefined) {
      const missing = missingProgram(check.argv, subject);
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

function missingProgram(argv: readonly string[], { image }: ComposeSubject) {
  const { base, installed } = image;
  if (base === undefined) return undefined;
  const isAbsent = (program: string): boolean =>
    !installed.has(program) && hasProgram(base, program) === false;
  const [shell = "", flag, line] = argv;
  const isShell = shell === "/bin/sh" && flag === "-c" && line !== undefined;
  if (isShell && isAbsent("/bin/sh"))
    return { en: `it needs a shell, and ${base} has none`, ru: `нужна оболочка, а в ${base} её нет` };
  const programs = isShell ? commandsIn(line).map((command) => command.argv[0] ?? "") : [shell];
  const missing = programs.map((program) => program.replace(/^(?:\/usr)?\/bin\//, "")).find(isAbsent);
  if (missing === undefined) return undefined;
  return {
    en: `it calls ${missing}, which ${base} does not have`,
    ru: `вызывает ${missing}, которого в ${base} нет`,
  };
}
