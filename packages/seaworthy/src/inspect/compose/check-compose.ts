/** Runs every rule on a service of a Compose file. */
import type { Finding } from "@seaworthy/evidence";
import { judgeSource } from "../source-rule.ts";
import { COMPOSE_RULES } from "./rules.ts";
import type { ComposeSubject } from "./subject.ts";

export function checkCompose(subject: ComposeSubject): readonly Finding[] {
  const { project, service } = subject;
  const about = { subject: service.name, aspect: "compose", directory: project.directory };
  return COMPOSE_RULES.flatMap((rule) => judgeSource(rule, rule.check(subject), about));
}
