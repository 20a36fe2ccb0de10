/** Who logs in as the account that a database was set up with is its superuser. */
import { storeRights as claim } from "../../../posture/stack-claims/store-rights.ts";
import { postgresAccounts, superuserOf } from "../../../posture/store-accounts.ts";
import { type ComposeRule, judgeKey, NOTHING } from "../subject.ts";
import { POSTGRES } from "./store-password.ts";

export const storeRights: ComposeRule = {
  ...claim,
  id: claim.control,
  check(subject) {
    const { name, environment, image = "", containerName = name, networks } = subject.service;
    if (!POSTGRES.test(image)) return NOTHING;
    const names = [name, containerName, ...networks.flatMap(({ aliases }) => aliases)];
    const clients = [...subject.project.services.values()].filter((other) => other.name !== name);
    const accounts = postgresAccounts(
      names,
      clients.map((other) => other.environment),
    );
    if (accounts.length === 0) return NOTHING;
    const superuser = superuserOf(environment);
    const said = {
      en: `services log in as ${superuser}, which is its superuser`,
      ru: `службы входят как ${superuser}, а это суперпользователь`,
    };
    return judgeKey(
      subject,
      "environment",
      accounts.includes(superuser) ? said : undefined,
      accounts.join(", "),
    );
  },
};
