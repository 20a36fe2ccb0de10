/** The same for what Compose tells the builder. */
import { confinedBuild as rule } from "../../dockerfile/rules/confined-build.ts";
import { type ComposeRule, judgeKey, NOTHING, textOf } from "../subject.ts";

export const confinedBuild: ComposeRule = {
  ...rule,
  fix: {
    en: "remove privileged, entitlements and network: host from build",
    ru: "уберите privileged, entitlements и network: host из build",
  },
  check(subject) {
    const build = subject.node.entries.get("build");
    if (build?.kind !== "map")
      return build === undefined ? NOTHING : judgeKey(subject, "build", undefined, "a folder");
    const asked = [
      ...(textOf(build.entries.get("privileged")) === "true" ? ["privileged: true"] : []),
      ...(textOf(build.entries.get("network")) === "host" ? ["network: host"] : []),
      ...(build.entries.has("entitlements") ? ["entitlements"] : []),
    ];
    const [first] = asked;
    return judgeKey(
      subject,
      "build",
      first === undefined ? undefined : { en: first, ru: first },
      first ?? "nothing of the kind",
    );
  },
};
