/** Which variables hold a secret, by name and value: many look as if, and warnings that are wrong are soon not read. */
import { createHash } from "node:crypto";

const SECRET =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|SECRETS|TOKEN|APIKEY|API_KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|ENCRYPTION_KEY|CREDENTIALS?|AUTH_KEY|SIGNING_KEY)(?:_\d+)?$/i;
/** What only tells where it is, how long it lives or how it is made. */
const ABOUT =
  /(?:^|_)(?:FILE|PATH|DIR|URL|URI|HOST|NAME|ID|TTL|EXPIRY|EXPIRES|LENGTH|SIZE|TYPE|MODE|METHOD|ALGORITHM|POLICY|ENABLED|HEADER|FIELD|PREFIX|ISSUER)$/i;
const SHELL_OWN = new Set(["PWD", "OLDPWD"]);
/** No value at all, a switch, or a reference to where it is. */
const NO_SECRET = /^(?:|true|false|yes|no|on|off|none|null|\d|\/.*|\$\{?\w+\}?|<.*>)$/i;
/** `scheme://user:password@host`; a variable in the password's place is none. */
const IN_ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i;

/** Whether somebody wrote a secret here. The value is never repeated. */
export function isLiteralSecret(name: string, value: string): boolean {
  const [, password] = IN_ADDRESS.exec(value) ?? [];
  if (password !== undefined) return !password.startsWith("$");
  return SECRET.test(name) && !ABOUT.test(name) && !SHELL_OWN.has(name) && !NO_SECRET.test(value);
}

/** By which it can be recognised and not be known: the beginning of its hash. */
export function secretMark(value: string): string {
  return `sha256 ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`;
}
