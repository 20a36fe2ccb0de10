/** A data store that asks for no password belongs to whoever reaches it. */
import { storePassword as claim } from "../../../posture/stack-claims/store-password.ts";
import { type ComposeRule, isDataStore, judgeKey, NOTHING } from "../subject.ts";

const OPEN: readonly (readonly [name: RegExp, value: RegExp])[] = [
  [/^POSTGRES_HOST_AUTH_METHOD$/, /^trust$/i],
  [/^(?:MYSQL|MARIADB)_ALLOW_EMPTY(?:_ROOT)?_PASSWORD$/, /^(?:1|yes|true)$/i],
  [/^ALLOW_EMPTY_PASSWORD$/, /^(?:1|yes|true)$/i],
  [/^(?:xpack\.security\.enabled|DISABLE_SECURITY_PLUGIN)$/, /^(?:false|true)$/i],
  [/^NEO4J_AUTH$/, /^none$/i],
];
const REDIS = /(?:^|\/)(?:redis|valkey|keydb)(?:-stack)?(?:-server)?(?:[:@]|$)/;
export const POSTGRES: RegExp = /(?:^|\/)postgres(?:[:@]|$)/;

export const storePassword: ComposeRule = {
  ...claim,
  id: claim.control,
  check(subject) {
    if (!isDataStore(subject)) return NOTHING;
    const { environment, command, entrypoint, image = "", grants } = subject.service;
    const open = [...environment].find(([name, value]) =>
      OPEN.some(([names, values]) => names.test(name) && values.test(value ?? "")),
    );
    if (open !== undefined) {
      const said = `${open[0]}: ${open[1]}`;
      return judgeKey(subject, "environment", { en: said, ru: said }, said);
    }
    if (
      POSTGRES.test(image) &&
      ![...environment.keys()].some((name) => name.startsWith("POSTGRES_PASSWORD"))
    ) {
      return judgeKey(
        subject,
        "environment",
        { en: "no POSTGRES_PASSWORD", ru: "нет POSTGRES_PASSWORD" },
        "none",
      );
    }
    if (!REDIS.test(image)) return judgeKey(subject, "environment", undefined, "nothing turns passwords off");
    const words = [...(entrypoint ?? []), ...(command ?? [])].join(" ");
    // A file of its own may hold the users; what is in it is not read.
    const asks = /requirepass|aclfile|\.conf\b|\/run\/secrets\//.test(words) || grants.length > 0;
    const said = { en: "no requirepass and no file of users", ru: "нет requirepass и файла пользователей" };
    return judgeKey(subject, "command", asks ? undefined : said, asks ? "a password or a file" : "neither");
  },
};
