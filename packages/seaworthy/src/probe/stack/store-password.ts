/** Asks a data store for data over the network of its stack, as a neighbour that was broken into would: without a password. */
import { readFile } from "node:fs/promises";
import type { Attempt, Finding } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { storePassword } from "../../posture/stack-claims/store-password.ts";
import { superuserOf } from "../../posture/store-accounts.ts";
import { type Answer, ask, loginOf, patiently, psqlOf } from "./data-stores.ts";
import { attempt, conclude, notUp, type StackScene } from "./scene.ts";

/** What a neighbour says, and the same with the password that the service's own clients have. */
interface Client {
  readonly did: string;
  readonly argv: readonly string[];
  readonly words: string;
  /** `undefined` where no password is known. */
  readonly withPassword: string | undefined;
}

/** For services that hold data; `undefined` for others. */
export async function proveStorePassword(
  scene: StackScene,
  service: StackService,
): Promise<Finding | undefined> {
  const role = scene.role(service.container.name);
  if (role === "app") return undefined;
  const client = role === "postgres" ? await postgresClient(service) : await redisClient(service);
  const hardened = await attack(scene, service, client, { words: client.words, as: "without a password" });
  const twin = hardened.outcome === "refused" ? await attackWithPassword(scene, service, client) : undefined;
  return conclude(scene, service, storePassword, hardened, twin, {
    en: "with the password",
    ru: "с паролем",
  });
}

async function attackWithPassword(
  scene: StackScene,
  service: StackService,
  client: Client,
): Promise<Attempt> {
  const words = client.withPassword;
  if (words !== undefined) return await attack(scene, service, client, { words, as: "with the password" });
  return attempt("unable", "no password is known to try with", "неизвестен пароль, с которым попробовать");
}

async function attack(
  scene: StackScene,
  { container: { name } }: StackService,
  { did, argv }: Client,
  { words, as }: { readonly words: string; readonly as: string },
): Promise<Attempt> {
  const unable = notUp(scene, name);
  if (unable !== undefined) return unable;
  const { kind, text }: Answer = await patiently(scene, () => ask(scene.double, name, argv, words));
  const saw = text === "" ? "nothing" : text.split("\n").slice(0, 3).join("; ");
  const steps = [{ did: `${did}, ${as}`, saw }];
  if (kind === "yes") return attempt("breached", "it answers", "оно отвечает", steps);
  if (REFUSALS.test(text)) return attempt("refused", saw, saw, steps);
  return attempt("unable", saw, saw, steps);
}

/** Of PostgreSQL and of Redis; whatever else goes wrong says nothing about passwords. */
const REFUSALS =
  /no password supplied|password authentication failed|no pg_hba\.conf entry|NOAUTH|NOPERM|DENIED|WRONGPASS/;

/** By the service's name, which is not the loopback that many configurations trust. */
async function postgresClient(service: StackService): Promise<Client> {
  const { name, env } = service.container;
  const user = superuserOf(env);
  const base = `host=${name} user=${user} dbname=${env.get("POSTGRES_DB") ?? user} connect_timeout=5`;
  const password = await passwordOf(service);
  const connect = (more: string): string => `\\connect "${base}${more}"\nSELECT count(*) FROM pg_class;\n`;
  return {
    did: `psql "${base}" SELECT count(*) FROM pg_class`,
    argv: psqlOf(service),
    words: connect(""),
    // Quoted twice: for the connection string, and for psql's own command.
    withPassword:
      password === undefined
        ? undefined
        : connect(` password='${password.replaceAll(/[\\']/g, "\\$&").replaceAll('"', '""')}'`),
  };
}

async function passwordOf({ container: { env, mounts } }: StackService): Promise<string | undefined> {
  const file = env.get("POSTGRES_PASSWORD_FILE");
  const mount = mounts.find((one) => one.kind === "secret" && one.target === file);
  if (mount?.kind !== "secret") return env.get("POSTGRES_PASSWORD");
  return (await readFile(mount.source, "utf8")).replace(/\n+$/, "");
}

async function redisClient(service: StackService): Promise<Client> {
  const { login, prefix } = await loginOf(service);
  const read = `GET ${prefix}seaworthy-nothing\n`;
  return {
    did: `redis-cli -h ${service.container.name} ${read.trim()}`,
    argv: ["redis-cli", "-h", service.container.name],
    words: read,
    withPassword: login === "" ? undefined : `${login}${read}`,
  };
}
