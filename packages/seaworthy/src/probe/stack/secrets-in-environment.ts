/** Reads the environment and the command line of every process of a live service, as any process of the same user may. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import type { Container } from "../../engine/container.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { isLiteralSecret, secretMark } from "../../posture/secret-names.ts";
import { noSecretsInEnvironment } from "../../posture/stack-claims/no-secrets-in-environment.ts";
import { processesOf, startedWith } from "../../stack/processes.ts";
import { inIdle } from "./idle.ts";
import { attempt, conclude, firstProcess, type StackScene } from "./scene.ts";

/** Shorter values are found everywhere by accident. */
const SHORTEST = 8;
const PLANTED = "SEAWORTHY_PLANTED_SECRET";

export async function proveNoSecrets(scene: StackScene, service: StackService): Promise<Finding> {
  const { container } = service;
  const planted = randomBytes(16).toString("hex");
  const secrets = new Map([...(await secretsOf(scene)), [PLANTED, planted]]);
  const hardened = await readLive(scene, service, secrets);
  const loosened: Container = { ...container, env: new Map([...container.env, [PLANTED, planted]]) };
  const twin =
    hardened.outcome === "refused"
      ? await inIdle(scene, loosened, ({ pid }) => read(pid, loosened, secrets))
      : undefined;
  return conclude(scene, service, noSecretsInEnvironment, hardened, twin, {
    en: `a secret is in its environment, as ${PLANTED}`,
    ru: `секрет в её окружении, в ${PLANTED}`,
  });
}

/** The values of all secrets of the stack, by name: one service's must not be in another's environment either. */
async function secretsOf({ services }: StackScene): Promise<ReadonlyMap<string, string>> {
  const secrets = new Map<string, string>();
  for (const { container } of services) {
    for (const mount of container.mounts) {
      if (mount.kind !== "secret") continue;
      const value = telling(await readFile(mount.source, "utf8").catch(() => ""));
      if (value.length >= SHORTEST) secrets.set(mount.name, value);
    }
  }
  return secrets;
}

/** Of a key in several lines the longest one: in a variable it may stand with other ends of lines, or without any. */
function telling(secret: string): string {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const own = lines.filter((line) => !line.startsWith("-----"));
  return own.reduce((longest, line) => (line.length > longest.length ? line : longest), "");
}

async function readLive(
  scene: StackScene,
  service: StackService,
  secrets: ReadonlyMap<string, string>,
): Promise<Attempt> {
  const first = await firstProcess(scene, service);
  return typeof first === "number" ? await read(first, service.container, secrets) : first;
}

/** Names and hashes are told, values never. */
async function read(
  first: number,
  { env }: Container,
  secrets: ReadonlyMap<string, string>,
): Promise<Attempt> {
  const found: Step[] = [];
  const look = (variables: Iterable<readonly [string, string]>, where: string): void => {
    for (const [name, value] of variables) {
      const known = [...secrets].find(([, secret]) => value.includes(secret))?.[0];
      if (known === undefined && !isLiteralSecret(name, value)) continue;
      found.push({
        did: `read ${name} of ${where}`,
        saw: known === undefined ? secretMark(value) : `secret ${known} (${secretMark(value)})`,
      });
    }
  };
  let count = 0;
  for (const pid of await processesOf(first)) {
    const started = await startedWith(pid);
    if (started === undefined) continue;
    count += 1;
    look(started.environment, "/proc/PID/environ");
    const known = [...secrets].find(([, secret]) => started.commandLine.includes(secret))?.[0];
    if (known !== undefined) found.push({ did: "read /proc/PID/cmdline", saw: `secret ${known}` });
  }
  // Some programs overwrite their own; whoever may inspect the container still reads it.
  look(env, "the container's configuration");
  if (count === 0) return attempt("unable", "no process could be looked at", "ни одного процесса не видно");
  const distinct = [...new Map(found.map((step) => [step.did + step.saw, step])).values()];
  const looked: Step = {
    did: `read the configuration, /proc/PID/environ and cmdline of ${count} processes, for ${secrets.size} values`,
    saw: `${distinct.length} found`,
  };
  const [worst] = distinct;
  if (worst === undefined) {
    return attempt("refused", `no secret in ${count} processes`, `секретов нет, процессов: ${count}`, [
      looked,
    ]);
  }
  return attempt("breached", `${worst.did}: ${worst.saw}`, `${worst.did}: ${worst.saw}`, [
    looked,
    ...distinct,
  ]);
}
