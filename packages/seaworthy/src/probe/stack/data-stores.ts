/** How something is stored and read back through each kind of data store, from inside its container. */
import { constants } from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { VolumeMount } from "../../engine/container.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { errnoOf, isMissing } from "../../fault/errno.ts";
import { superuserOf } from "../../posture/store-accounts.ts";
import type { DoubleStack } from "./double-stack.ts";
import type { Role } from "./scene.ts";

/** `not yet` while it starts up; `no` with its own words when it will not do what it is asked. */
export type Answer =
  | { readonly kind: "yes"; readonly text: string }
  | { readonly kind: "no" | "not yet"; readonly text: string };

export interface DataStore {
  write(value: string): Promise<Answer>;
  /** The text is empty when nothing is stored. */
  read(): Promise<Answer>;
}

export async function dataStoreOf(
  role: Role,
  service: StackService,
  double: DoubleStack,
): Promise<DataStore> {
  const { name } = service.container;
  switch (role) {
    case "postgres":
      return postgres(service, double);
    case "redis":
      return await redis(service, double);
    case "app":
      return files(() => double.pid(name), double.volumes(name));
  }
}

/** Words of a store on its way up or down, those of first-time setup included, and of an engine whose container is between two lives. */
const STARTING = new RegExp(
  [
    ...[
      "starting up",
      "shutting down",
      "not yet accepting",
      "terminating connection",
      "LOADING",
      "No such file",
    ],
    ...["could not connect", "connection to server", "server closed the connection", "Connection refused"],
    ...['(?:role|database) ".*" does not exist', "connection reset by peer", "not running", "state improper"],
    ...["cannot exec", "container .* does not exist", "no such process", "setns"],
  ].join("|"),
  "i",
);
const NOT_FOR_US = /authentication failed|no password supplied|no pg_hba\.conf entry/;
const REDIS_ERROR = /^(?:\(error\) )?(?:ERR|NOPERM|NOAUTH|WRONGPASS|MISCONF|READONLY|OOM)\b/m;

/** What a client program that ended with this code and these words has said. */
export function answerOf(code: number | undefined, words: string): Answer {
  const text = words.trim();
  const last = text.split("\n").at(-1)?.trim() ?? "";
  const isBetween = code === undefined || STARTING.test(text);
  if (isBetween && !NOT_FOR_US.test(text)) return { kind: "not yet", text: last };
  return code === 0 && !REDIS_ERROR.test(text) ? { kind: "yes", text } : { kind: "no", text: last };
}

export async function ask(
  double: DoubleStack,
  service: string,
  argv: readonly string[],
  stdin: string,
): Promise<Answer> {
  try {
    const { code, stdout, stderr } = await double.exec(service, argv, { stdin: Buffer.from(stdin) });
    return answerOf(code, Buffer.concat([stdout, stderr]).toString("utf8"));
  } catch (error) {
    // The container is between two lives.
    return { kind: "not yet", text: error instanceof Error ? error.message : String(error) };
  }
}

const PATIENCE = 20_000;
const PAUSE = 150;

/** Since the epoch: until when a store on its way up or down is waited for. */
export function soon(): number {
  return Date.now() + PATIENCE;
}

/** Asks until the data store is up again. Its refusal to do what is asked is an answer. */
export async function patiently(
  { signal }: { readonly signal: AbortSignal | undefined },
  act: () => Promise<Answer>,
  deadline: number = soon(),
): Promise<Answer> {
  for (;;) {
    signal?.throwIfAborted();
    const answer = await act();
    if (answer.kind !== "not yet" || Date.now() > deadline) return answer;
    await delay(PAUSE);
  }
}

/** A client that runs what it is given on its standard input, and stops at the first mistake. */
export function psqlOf({ container }: StackService, account?: string): readonly string[] {
  const user = superuserOf(container.env);
  return [
    "psql",
    "--no-psqlrc",
    "--no-password",
    "--quiet",
    "--tuples-only",
    "--set=ON_ERROR_STOP=1",
    "--set=VERBOSITY=terse",
    `--username=${account ?? user}`,
    `--dbname=${container.env.get("POSTGRES_DB") ?? user}`,
  ];
}

function postgres(service: StackService, double: DoubleStack): DataStore {
  const { container } = service;
  const psql = psqlOf(service);
  const sql = (text: string): Promise<Answer> => ask(double, container.name, psql, text);
  return {
    write: (value) =>
      sql(
        `CREATE TABLE IF NOT EXISTS seaworthy_marker (value text); INSERT INTO seaworthy_marker VALUES ('${value}');`,
      ),
    // A new database has no such table, which is nothing to read.
    read: () =>
      sql(
        "SELECT to_regclass('seaworthy_marker') IS NOT NULL AS known \\gset\n\\if :known\nSELECT value FROM seaworthy_marker;\n\\endif\n",
      ),
  };
}

/** As the service's own configuration has it: its secrets, and how it is started. */
export async function loginOf({ container }: StackService): Promise<ReturnType<typeof redisLogin>> {
  const secrets = container.mounts.filter((mount) => mount.kind === "secret");
  const texts = await Promise.all(secrets.map(({ source }) => readFile(source, "utf8").catch(() => "")));
  return redisLogin([...texts, container.argv.join(" ")].join("\n"));
}

/** Logs in as whoever the service's own configuration lets write; the password goes through standard input only. */
async function redis(service: StackService, double: DoubleStack): Promise<DataStore> {
  const { container } = service;
  const { login, prefix } = await loginOf(service);
  const key = `${prefix}seaworthy-marker`;
  const command = async (words: string): Promise<Answer> => {
    const answer = await ask(double, container.name, ["redis-cli"], `${login}${words}\n`);
    // What the login was answered with.
    return login === "" ? answer : { ...answer, text: answer.text.replace(/^OK(?:\n|$)/, "") };
  };
  return { write: (value) => command(`SET ${key} ${value}`), read: () => command(`GET ${key}`) };
}

/**
 * From users of an access control list (the first that may touch keys) or `requirepass`.
 * @see the ACL file format of the Redis documentation, "ACL"
 */
export function redisLogin(configuration: string): { readonly login: string; readonly prefix: string } {
  const users = [...configuration.matchAll(/^user (\S+) on (?:.* )?>(\S+)(?:.*? ~(\S*?)\*)?/gm)];
  const [, user = "default", password, prefix = ""] =
    users.find((found) => found[3] !== undefined) ?? users[0] ?? [];
  const [, required] = /(?:^|--)requirepass\s+(\S+)/m.exec(configuration) ?? [];
  const secret = password ?? required;
  return { login: secret === undefined ? "" : `AUTH ${user} ${secret}\n`, prefix };
}

/** A file in each volume, through the container's own view of it: where the service itself would write. */
function files(pid: () => number | undefined, volumes: readonly VolumeMount[]): DataStore {
  const inEach = async (act: (path: string) => Promise<string>): Promise<Answer> => {
    const first = pid();
    if (first === undefined) return { kind: "not yet", text: "it is not running" };
    try {
      const texts: string[] = [];
      for (const volume of volumes) texts.push(await inVolume(first, volume, act));
      // What only some of the volumes have is lost.
      return { kind: "yes", text: texts.includes("") ? "" : texts.join("\n") };
    } catch (error) {
      const hasEnded = isMissing(error) || errnoOf(error) === "ESRCH";
      const text = error instanceof Error ? error.message : String(error);
      return { kind: hasEnded ? "not yet" : "no", text };
    }
  };
  return {
    write: (value) =>
      inEach(async (path) => {
        await writeFile(path, value, { flag: "wx", mode: 0o600 });
        return value;
      }),
    read: () =>
      inEach((path) =>
        readFile(path, "utf8").catch((error: unknown) => {
          if (isMissing(error)) return "";
          throw error;
        }),
      ),
  };
}

/**
 * The marker's path by way of the open folder: links in the image might lead a path out of the container, so
 * nothing is touched unless the folder is the mount itself (`mnt_id` of proc_pid_fdinfo(5), first field of
 * proc_pid_mountinfo(5)).
 */
async function inVolume(
  pid: number,
  { target }: VolumeMount,
  act: (path: string) => Promise<string>,
): Promise<string> {
  await using folder = await open(`/proc/${pid}/root${target}`, constants.O_RDONLY | constants.O_DIRECTORY);
  const about = await readFile(`/proc/self/fdinfo/${folder.fd}`, "utf8");
  const mounts = (await readFile(`/proc/${pid}/mountinfo`, "utf8")).split("\n").map((row) => row.split(" "));
  const mount = mounts.find(([id]) => id === /^mnt_id:\s*(\d+)$/m.exec(about)?.[1]);
  if (mount?.[4] !== target) throw new Error(`expected the volume at ${target}, found another folder`);
  return await act(`/proc/self/fd/${folder.fd}/.seaworthy-marker`);
}
