/** A secret in a layer is published with the image, and deleting it in a later layer does not take it back. */
import type { Step } from "@seaworthy/evidence";
import { isLiteralSecret, secretMark } from "../../posture/secret-names.ts";
import type { InspectedImage, Rule, RuleResult } from "../rule.ts";

/** Files that hold credentials by their very name. */
const SECRET_NAMES =
  /(?:^|\/)(?:\.env(?:\..+)?|\.npmrc|\.netrc|\.pgpass|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519)|credentials\.json)$/;
const PRIVATE_KEY = Buffer.from("-----BEGIN ");
const PRIVATE_KEY_LINE = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\r?\n[A-Za-z0-9+/=]{16}/;
/** Shorter values are found everywhere by accident. */
const SHORTEST_SECRET = 8;

export const noSecrets: Rule = {
  id: "no-secrets",
  claim: {
    en: "No secret of the stack, private key or credentials file is in the image",
    ru: "В образе нет секретов стека, закрытых ключей и файлов с учётными данными",
  },
  fix: {
    en: "Give it to the running container as a Compose secret, and make a new one: this one has been published",
    ru: "Передавайте его контейнеру как секрет Compose и выпустите новый: этот уже раскрыт",
  },
  key: "image",
  about: {
    severity: "critical",
    why: {
      en: "An image is copied to registries, caches and laptops, and every copy holds what is in any of its layers, deleted files included. A secret in it has been published and must be made anew.",
      ru: "Образ копируется в реестры, кэши и на ноутбуки, и каждая копия хранит содержимое всех слоёв, в том числе удалённые файлы. Секрет в нём уже опубликован, и его нужно выпустить заново.",
    },
    docker: "--secret (when building), --mount type=bind,readonly (when running)",
    kubernetes: "volumes with a secret",
    references: [
      "CIS-Docker@1.6.0:4.10",
      "OWASP-Docker-Security@2026-11:12",
      "NIST-SP-800-190@2017-09:4.1.4",
    ],
  },
  check: findSecrets,
};

async function findSecrets(image: InspectedImage): Promise<RuleResult> {
  const found: Step[] = [];
  let files = 0;
  let bytes = 0;
  const secrets = [...image.secrets].filter(([, value]) => value.length >= SHORTEST_SECRET);
  const examine = (path: string, content: Uint8Array, isPublished: boolean): void => {
    const view = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    for (const [name, value] of secrets) {
      if (view.includes(Buffer.from(value)))
        found.push({ did: `searched ${path}`, saw: `the value of secret ${name}` });
    }
    if (!isPublished && holdsPrivateKey(view)) found.push({ did: `searched ${path}`, saw: "a private key" });
  };
  for await (const { path, content, isPublished } of image.files()) {
    files += 1;
    bytes += content.length;
    if (SECRET_NAMES.test(path)) found.push({ did: `looked at /${path}`, saw: "a credentials file" });
    examine(`/${path}`, content, isPublished);
  }
  const { config, layers, history = layers.map(({ createdBy }) => createdBy) } = image.image;
  examine("the image configuration", Buffer.from(JSON.stringify(config)), false);
  for (const line of history) examine("the image history", Buffer.from(line), false);
  for (const [where, [name, value]] of written(config.env, history)) {
    if (isLiteralSecret(name, value))
      found.push({ did: `read ${where}`, saw: `a value for ${name} (${secretMark(value)})` });
  }
  const searched: Step = {
    did: `searched ${files} files (${bytes} bytes), the configuration and ${history.length} steps of history for ${secrets.length} secret values and private keys`,
    saw: `${found.length} found`,
  };
  if (found.length === 0) {
    return {
      verdict: "held",
      summary: { en: `none in ${files} files`, ru: `ничего в файлах: ${files}` },
      steps: [searched],
    };
  }
  return {
    verdict: "breached",
    summary: {
      en: `${found[0]?.saw} (${found[0]?.did})`,
      ru: `найдено: ${found[0]?.saw} (${found[0]?.did})`,
    },
    steps: [searched, ...found.slice(0, 20)],
  };
}

type Variable = readonly [name: string, value: string];

/**
 * Variables of the image, and build arguments, which history keeps: `|1 TOKEN=... /bin/sh -c` of a step that had them,
 * `ARG TOKEN=...` of where they were declared.
 */
function written(
  env: readonly Variable[],
  history: readonly string[],
): readonly (readonly [where: string, variable: Variable])[] {
  const inHistory = history.flatMap((line) => {
    const [, given = ""] = /^(?:RUN )?\|\d+ (.*?) \/bin\/sh -c/.exec(line) ?? [];
    const [, declared = ""] = /^(?:\/bin\/sh -c #\(nop\) +)?(?:ARG|ENV) (.*)$/.exec(line) ?? [];
    return [...`${given} ${declared}`.matchAll(/(?:^|\s)(\w+)=(\S*)/g)].map(
      ([, name = "", value = ""]): Variable => [name, value],
    );
  });
  const all = new Map<string, readonly [string, Variable]>();
  for (const variable of inHistory) all.set(variable.join("="), ["the image history", variable]);
  for (const variable of env) all.set(variable.join("="), ["the image configuration", variable]);
  return [...all.values()];
}

/** A header alone is what every TLS library contains; a header with a body is a key. */
function holdsPrivateKey(content: Buffer): boolean {
  for (let at = content.indexOf(PRIVATE_KEY); at !== -1; at = content.indexOf(PRIVATE_KEY, at + 1)) {
    if (PRIVATE_KEY_LINE.test(content.toString("latin1", at, at + 80))) return true;
  }
  return false;
}
