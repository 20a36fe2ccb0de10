/** What an image's configuration declares of the claims that a running container is attacked for. */
import type { User } from "../engine/container.ts";
import type { Image } from "../oci/image.ts";
import { nonRoot } from "../posture/controls/non-root.ts";
import { healthy } from "../posture/stack-claims/healthy.ts";
import { parseAccounts } from "../stack/image-accounts.ts";
import type { InspectedImage, Rule, RuleResult } from "./rule.ts";

const PASSWD = "etc/passwd";
const GROUP = "etc/group";

const declaredUser: Rule = {
  ...nonRoot,
  fix: { en: "USER 10001:10001 in its Dockerfile", ru: "USER 10001:10001 в его Dockerfile" },
  key: "image",
  async check({ image, read }): Promise<RuleResult> {
    const { user } = image.config;
    const steps = [{ did: "read the user in its configuration", saw: user === "" ? "none" : user }];
    const said = user === "" ? { en: "no user is set", ru: "пользователь не задан" } : { en: user, ru: user };
    const known = await configuredUser(image, read);
    if (known === undefined) {
      return {
        verdict: "unproven",
        summary: { en: `it has no account ${said.en}`, ru: `в нём нет учётной записи ${said.ru}` },
        steps,
      };
    }
    if (known.uid !== 0 && known.gid !== 0) {
      return { verdict: "held", summary: { en: `its user is ${user}`, ru: `пользователь — ${user}` }, steps };
    }
    const whose = known.uid === 0 ? "root" : `${known.uid}:0`;
    return {
      verdict: "breached",
      summary: { en: `${said.en}: it runs as ${whose}`, ru: `${said.ru}: работает как ${whose}` },
      steps,
    };
  },
};

const declaredCheck: Rule = {
  ...{ id: healthy.control, claim: healthy.claim, about: healthy.about, key: "image" },
  fix: {
    en: "HEALTHCHECK with a program that the image has: that of its own language, not curl",
    ru: "HEALTHCHECK с программой, которая есть в образе: средствами самого языка, а не curl",
  },
  check(image): RuleResult {
    const words = (image.image.config.healthCheck?.argv ?? []).join(" ");
    const steps = [{ did: "read the health check in its configuration", saw: words || "none" }];
    return words === ""
      ? { verdict: "breached", summary: { en: "it declares none", ru: "проверка не задана" }, steps }
      : { verdict: "held", summary: { en: words, ru: words }, steps };
  },
};

/** For an image that is looked at alone: where it runs in a stack, both are tried. */
export const CONFIG_RULES: readonly Rule[] = [declaredUser, declaredCheck];

/**
 * Whom an engine runs the image as: names are looked up in its own accounts, which also give the group of a user without
 * one, and group 0 to a number that no account has. `undefined` for a name that nobody has, which no engine starts.
 */
export async function configuredUser(image: Image, read: InspectedImage["read"]): Promise<User | undefined> {
  const contents = await read([PASSWD, GROUP]);
  const text = (path: string): string => Buffer.from(contents.get(path) ?? "").toString("utf8");
  const { accounts, groups } = parseAccounts(text(PASSWD), text(GROUP));
  const [name = "", group] = image.config.user.split(":");
  const account = accounts.find(
    (one) => one.name === (name === "" ? "root" : name) || String(one.uid) === name,
  );
  const uid = account?.uid ?? numberOf(name === "" ? "root" : name);
  const gid = group === undefined ? (account?.gid ?? 0) : (groups.get(group) ?? numberOf(group));
  if (uid === undefined || gid === undefined) return undefined;
  return { uid, gid, groups: group === undefined ? (account?.groups ?? []) : [] };
}

function numberOf(id: string): number | undefined {
  if (id === "root") return 0;
  return /^\d{1,10}$/.test(id) ? Number(id) : undefined;
}
