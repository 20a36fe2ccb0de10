/** Build arguments stay in the image's history. */

import { isLiteralSecret } from "../../../posture/secret-names.ts";
import { noSecretsInBuild as rule } from "../../dockerfile/rules/no-secrets-in-build.ts";
import { type ComposeRule, judgeEntries } from "../subject.ts";

export const noSecretsInBuild: ComposeRule = {
  ...rule,
  check: (subject) =>
    judgeEntries(subject, "build", [...(subject.service.build?.args ?? [])], ([name, value]) =>
      isLiteralSecret(name, value ?? "given")
        ? { en: `args.${name} stays in the image's history`, ru: `args.${name} остаётся в истории образа` }
        : undefined,
    ),
};
