/** The environment is shown by inspect, handed to every child, and printed by whoever reports a crash. */

import { isLiteralSecret } from "../../../posture/secret-names.ts";
import { noSecretsInEnvironment as claim } from "../../../posture/stack-claims/no-secrets-in-environment.ts";
import { type ComposeRule, judgeEntries, remark } from "../subject.ts";

export const noSecretsInEnvironment: ComposeRule = {
  ...claim,
  id: claim.control,
  check(subject) {
    const names = [...subject.service.environment];
    const seen = judgeEntries(subject, "environment", names, () => undefined);
    const wrong = names
      .filter(([name, value]) => isLiteralSecret(name, value ?? ""))
      .map(([name]) =>
        remark(
          subject,
          ["environment", ...placeOf(name, subject.node)],
          `${name} has its value here`,
          `значение ${name} записано здесь`,
        ),
      );
    return wrong.length === 0
      ? seen
      : { wrong, looked: [{ did: `read environment (${names.length})`, saw: `${wrong.length} wrong` }] };
  },
};

/** By its name in a mapping, by its place in a list; the whole key where a file of variables holds it. */
function placeOf(name: string, node: Parameters<ComposeRule["check"]>[0]["node"]): readonly string[] {
  const environment = node.entries.get("environment");
  if (environment?.kind !== "list") return [name];
  const index = environment.items.findIndex(
    (item) => item.kind === "scalar" && String(item.value).startsWith(`${name}=`),
  );
  return index === -1 ? [] : [String(index)];
}
