/** Runs every rule on an image and says what each found. */
import type { Finding, SourceLine } from "@seaworthy/evidence";
import type { InspectedImage, Rule } from "./rule.ts";
import { noBuildTools } from "./rules/no-build-tools.ts";
import { noDevelopmentDependencies } from "./rules/no-development-dependencies.ts";
import { noLeftovers } from "./rules/no-leftovers.ts";
import { noPackageManager } from "./rules/no-package-manager.ts";
import { noSecrets } from "./rules/no-secrets.ts";
import { noSetIdFiles } from "./rules/no-set-id-files.ts";
import { noShell } from "./rules/no-shell.ts";
import { pinned } from "./rules/pinned.ts";
import { programsExist } from "./rules/programs-exist.ts";
import { sizeBudget } from "./rules/size-budget.ts";
import { soundAccounts } from "./rules/sound-accounts.ts";
import { unchangeableCode } from "./rules/unchangeable-code.ts";

export const RULES: readonly Rule[] = [
  pinned,
  programsExist,
  noShell,
  noPackageManager,
  noBuildTools,
  noSetIdFiles,
  unchangeableCode,
  soundAccounts,
  noSecrets,
  noDevelopmentDependencies,
  noLeftovers,
  sizeBudget,
];

/**
 * One finding a rule, in the rules' order.
 * An image whose listing is empty cannot be judged: every rule is `unproven`, for a rule that saw nothing finds nothing.
 */
export async function inspectImage(
  image: InspectedImage,
  source: (key: string) => SourceLine | undefined,
  rules: readonly Rule[] = RULES,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const rule of rules) {
    const line = source(rule.key);
    const common = {
      id: `${rule.id}/${image.service}`,
      control: rule.id,
      kind: "rule",
      service: image.service,
      claim: rule.claim,
      fix: rule.fix,
      ...(line === undefined ? {} : { source: line }),
    } as const;
    if (image.entries.length === 0) {
      findings.push({
        ...common,
        verdict: "unproven",
        reason: { en: "the image's list of paths is empty", ru: "список путей образа пуст" },
      });
      continue;
    }
    const { verdict, summary, steps } = await rule.check(image);
    findings.push(
      verdict === "absent" || verdict === "unproven"
        ? { ...common, verdict, reason: summary }
        : {
            ...common,
            verdict,
            hardened: { outcome: verdict === "held" ? "refused" : "breached", summary, steps },
          },
    );
  }
  return findings;
}
