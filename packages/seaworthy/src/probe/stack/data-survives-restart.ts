/** What was stored is there after a restart: written and read through the data store itself, in the double. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Attempt, Finding, Step } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { conclude, type Role, type StackClaim, type StackScene } from "./scene.ts";

const CLAIM: StackClaim = {
  control: "data-survives-restart",
  claim: {
    en: "What was stored is still there after a restart",
    ru: "Сохранённые данные остаются после перезапуска",
  },
  key: "volumes",
  fix: { en: "volumes: [data:/path/of/the/data]", ru: "volumes: [data:/путь/к/данным]" },
};

/** How a data store is spoken to, from inside its container. */
interface Client {
  write(value: string): readonly [argv: readonly string[], stdin: string];
  read(): readonly [argv: readonly string[], stdin: string];
}

const PATIENCE = 20_000;

/** For services that hold data; `undefined` for others. */
export async function proveDataSurvives(
  scene: StackScene,
  service: StackService,
): Promise<Finding | undefined> {
  const { name } = service.container;
  const role = scene.role(name);
  if (role === "app") return undefined;
  const loosened = { en: "its volume is gone after the restart", ru: "после перезапуска том пропал" };
  const problem = scene.double.problem(name);
  const client = await clientOf(role, service);
  if (problem !== undefined || client === undefined) {
    const why = problem ?? "no user of it may write";
    const unable: Attempt = {
      outcome: "unable",
      summary: { en: `its double cannot be used: ${why}`, ru: `дубль недоступен: ${why}` },
      steps: [],
    };
    return conclude(scene, service, CLAIM, unable, undefined, loosened);
  }
  const value = randomBytes(8).toString("hex");
  const steps: Step[] = [];
  const written = await ask(scene, name, client.write(value));
  steps.push({ did: `store ${value}`, saw: written.ok ? "stored" : written.text });
  if (!written.ok) {
    const unable: Attempt = {
      outcome: "unable",
      summary: { en: `nothing could be stored: ${written.text}`, ru: `записать не удалось: ${written.text}` },
      steps,
    };
    return conclude(scene, service, CLAIM, unable, undefined, loosened);
  }
  const hardened = await restartAndRead(scene, name, client, value, steps);
  if (hardened.outcome !== "refused") return conclude(scene, service, CLAIM, hardened, undefined, loosened);
  await scene.double.loseVolumes(name);
  const twin = await restartAndRead(scene, name, client, value, []);
  return conclude(scene, service, CLAIM, hardened, twin, loosened);
}

async function restartAndRead(
  scene: StackScene,
  name: string,
  client: Client,
  value: string,
  before: readonly Step[],
): Promise<Attempt> {
  const { took } = await scene.double.stop(name);
  const { text } = await ask(scene, name, client.read());
  const steps = [
    ...before,
    { did: "stop and start", saw: `stopped after ${took} ms` },
    { did: "read it back", saw: text === "" ? "nothing" : text },
  ];
  if (text.includes(value))
    return { outcome: "refused", summary: { en: "it is still there", ru: "данные на месте" }, steps };
  return { outcome: "breached", summary: { en: "it is lost", ru: "данные потеряны" }, steps };
}

/** Asks until the data store is up again. Its refusal to do what is asked is an answer. */
async function ask(
  scene: StackScene,
  service: string,
  [argv, stdin]: ReturnType<Client["read"]>,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const result = await scene.double
      .exec(service, argv, Buffer.from(stdin))
      .catch((error: unknown) => String(error));
    if (typeof result !== "string") {
      const text = Buffer.concat([result.stdout, result.stderr]).toString("utf8").trim();
      const isStarting =
        /starting up|shutting down|could not connect|connection to server|Connection refused|LOADING|No such file/i.test(
          text,
        );
      if (result.code === 0 && !isStarting)
        return { ok: !/^(?:ERR|NOPERM|NOAUTH|WRONGPASS)/m.test(text), text: lastLine(text) };
      if (!isStarting) return { ok: false, text: lastLine(text) };
    }
    if (Date.now() > deadline)
      return { ok: false, text: typeof result === "string" ? result : "it did not come up again" };
    await delay(150);
  }
}

async function clientOf(role: Exclude<Role, "app">, service: StackService): Promise<Client | undefined> {
  if (role === "redis") return await redisClient(service);
  const { env } = service.container;
  const user = env.get("POSTGRES_USER") ?? "postgres";
  const psql = [
    "psql",
    "--no-psqlrc",
    "--quiet",
    "--tuples-only",
    "--set=ON_ERROR_STOP=1",
    `--username=${user}`,
    `--dbname=${env.get("POSTGRES_DB") ?? user}`,
  ];
  return {
    write: (value) => [
      psql,
      `CREATE TABLE IF NOT EXISTS seaworthy_marker (value text); INSERT INTO seaworthy_marker VALUES ('${value}');`,
    ],
    // A new database has no such table, which is nothing to read.
    read: () => [
      psql,
      "SELECT to_regclass('seaworthy_marker') IS NOT NULL AS known \\gset\n\\if :known\nSELECT value FROM seaworthy_marker;\n\\endif\n",
    ],
  };
}

/** Logs in as whoever the service's own configuration lets write; the password goes through standard input only. */
async function redisClient({ container }: StackService): Promise<Client> {
  const secrets = container.mounts.filter((mount) => mount.kind === "secret");
  const texts = await Promise.all(secrets.map(({ source }) => readFile(source, "utf8").catch(() => "")));
  const users = texts.flatMap((text) => [...text.matchAll(/^user (\S+) on .*?>(\S+)(?:.*?~(\S*?)\*)?/gm)]);
  const [, user = "default", password, prefix = ""] =
    users.find((found) => found[3] !== undefined) ?? users[0] ?? [];
  const [, required] = /^requirepass (\S+)/m.exec(texts.join("\n")) ?? [];
  const secret = password ?? required;
  const login = secret === undefined ? "" : `AUTH ${user} ${secret}\n`;
  const key = `${prefix}seaworthy-marker`;
  return {
    write: (value) => [["redis-cli"], `${login}SET ${key} ${value}\n`],
    read: () => [["redis-cli"], `${login}GET ${key}\n`],
  };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
