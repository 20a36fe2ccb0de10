/** Runs every rule on a Dockerfile. */
import type { Finding } from "@seaworthy/evidence";
import { judgeSource } from "../source-rule.ts";
import { DOCKERFILE_RULES } from "./rules.ts";
import type { DockerfileSubject } from "./subject.ts";

/**
 * @param service that it builds, or the file's name where no Compose file asks for it
 * @param directory absolute: files below it are named from there
 */
export function checkDockerfile(
  subject: DockerfileSubject,
  service: string,
  directory: string,
): readonly Finding[] {
  return DOCKERFILE_RULES.flatMap((rule) =>
    judgeSource(rule, rule.check(subject), { subject: service, aspect: "dockerfile", directory }),
  );
}
