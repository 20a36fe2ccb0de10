/** Asks a data store, as the services' own account, for what only its administrator should get. */
import type { Attempt, Finding, Step, Text } from "@seaworthy/evidence";
import type { Container } from "../../engine/container.ts";
import type { Running } from "../../engine/engine.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { storeRights } from "../../posture/stack-claims/store-rights.ts";
import { postgresAccounts, superuserOf } from "../../posture/store-accounts.ts";
import { type Answer, answerOf, ask, loginOf, patiently, psqlOf, soon } from "./data-stores.ts";
import { inOwnNetwork } from "./idle.ts";
import { attempt, conclude, notUp, type StackScene } from "./scene.ts";

/** For services that hold data; `undefined` for others. */
export async function proveStoreRights(
  scene: StackScene,
  service: StackService,
): Promise<Finding | undefined> {
  const { name } = service.container;
  const role = scene.role(name);
  if (role === "app") return undefined;
  const unable = notUp(scene, name);
  if (unable !== undefined) return conclude(scene, service, storeRights, unable, undefined, NONE);
  return role === "postgres" ? await provePostgres(scene, service) : await proveRedis(scene, service);
}

/** No twin was run. */
const NONE: Text = { en: "none", ru: "нет" };

/** Each leaves nothing behind, also where it works. */
const OF_POSTGRES: readonly (readonly [did: string, sql: string])[] = [
  ["COPY ... TO PROGRAM", "COPY (SELECT 1) TO PROGRAM 'read line'"],
  ["COPY ... FROM PROGRAM", "CREATE TEMP TABLE seaworthy (line text); COPY seaworthy FROM PROGRAM 'true'"],
  ["pg_read_file", "SELECT length(pg_read_file('PG_VERSION'))"],
  ["CREATE ROLE ... SUPERUSER", "BEGIN; CREATE ROLE seaworthy_probe SUPERUSER; ROLLBACK"],
  ["pg_authid", "SELECT count(rolpassword) FROM pg_authid"],
];
/** Since PostgreSQL 15 nobody may who was not told; a database that came from an older one still lets everybody. */
const EVERYBODY_CREATES =
  "SELECT 1 / (count(*) = 0)::int FROM pg_namespace, aclexplode(nspacl) AS acl WHERE nspname = 'public' AND grantee = 0 AND privilege_type = 'CREATE'";

async function provePostgres(scene: StackScene, service: StackService): Promise<Finding> {
  const { container } = service;
  const superuser = superuserOf(container.env);
  // One that sets itself up answers, ends, and starts again.
  const deadline = soon();
  const query = (account: string, sql: string): Promise<Answer> => {
    const argv = psqlOf(service, account);
    return patiently(scene, () => ask(scene.double, container.name, argv, `${sql};\n`), deadline);
  };
  const as = async (account: string): Promise<Attempt> => {
    const answers: Asked[] = [];
    for (const [did, sql] of OF_POSTGRES) answers.push([`${account}: ${did}`, await query(account, sql)]);
    return judge(answers, /permission denied|must be superuser|must be a member|must have privileges/);
  };
  const accounts = accountsOf(scene, service);
  if (accounts.length === 0) {
    const absent = attempt(
      "absent",
      "no service of the stack says whom it logs in as",
      "ни одна служба стека не говорит, под кем она входит",
    );
    return conclude(scene, service, storeRights, absent, undefined, NONE);
  }
  const attempts = await inTurn(accounts, as);
  const hardened = worst([...attempts, judgePublic(await query(superuser, EVERYBODY_CREATES))]);
  const twin = hardened.outcome === "refused" ? await as(superuser) : undefined;
  return conclude(scene, service, storeRights, hardened, twin, {
    en: `as ${superuser}, whom the database was set up with`,
    ru: `под ${superuser}, с которым база создана`,
  });
}

function judgePublic({ kind, text }: Answer): Attempt {
  const step = (saw: string): readonly Step[] => [{ did: "CREATE on schema public, for PUBLIC", saw }];
  if (kind === "yes") return attempt("refused", "not granted", "не дано", step("not granted"));
  if (!/division by zero/.test(text)) return attempt("unable", text, text, step(text));
  return attempt(
    "breached",
    "every role may create in the schema public",
    "в схеме public создавать может любая роль",
    step("granted"),
  );
}

function accountsOf({ services }: StackScene, service: StackService): readonly string[] {
  const { container, containerName, networks } = service;
  const names = [
    container.name,
    containerName ?? container.name,
    ...networks.flatMap(({ aliases }) => aliases),
  ];
  const clients = services.filter((other) => other !== service).map((other) => other.container.env);
  return postgresAccounts(names, clients);
}

const OF_REDIS = [
  "CONFIG GET dir",
  "CONFIG SET maxmemory-samples 5",
  "ACL LIST",
  "MODULE LIST",
  "REPLICAOF NO ONE",
];
const DENIED = /NOPERM|NOAUTH|unknown command/;

async function proveRedis(scene: StackScene, service: StackService): Promise<Finding> {
  const { name } = service.container;
  const { login } = await loginOf(service);
  const deadline = soon();
  const hardened = judge(
    await inTurn(OF_REDIS, async (words): Promise<Asked> => {
      const say = (): Promise<Answer> => ask(scene.double, name, ["redis-cli"], `${login}${words}\n`);
      const answer = await patiently(scene, say, deadline);
      return [words, login === "" ? answer : { ...answer, text: answer.text.replace(/^OK(?:\n|$)/, "") }];
    }),
    DENIED,
  );
  const twin = hardened.outcome === "refused" ? await inOpenRedis(scene, service.container) : undefined;
  return conclude(scene, service, storeRights, hardened, twin, {
    en: "a server of the same image without users: whoever comes may do everything",
    ru: "сервер из того же образа без пользователей: пришедшему можно всё",
  });
}

/** In milliseconds. */
const EXEC_TIMEOUT = 5_000;

async function inOpenRedis(scene: StackScene, container: Container): Promise<Attempt> {
  const argv = ["redis-server", "--port", "6379", "--save", "", "--appendonly", "no"];
  return await inOwnNetwork(scene, { ...container, argv }, async (running) => {
    const { kind, text } = await patiently(scene, () => command(running, "PING"));
    if (kind !== "yes")
      return attempt("unable", `it does not come up: ${text}`, `он не запускается: ${text}`);
    return judge(
      await inTurn(OF_REDIS, async (words): Promise<Asked> => [words, await command(running, words)]),
      DENIED,
    );
  });
}

async function command(running: Running, words: string): Promise<Answer> {
  const { code, stdout, stderr } = await running.exec(["redis-cli"], {
    ...{ stdin: Buffer.from(`${words}\n`), timeout: EXEC_TIMEOUT },
  });
  return answerOf(code, Buffer.concat([stdout, stderr]).toString("utf8"));
}

type Asked = readonly [did: string, answer: Answer];

/** @param denial what a store says to those who may not; any other failure says nothing about rights */
function judge(asked: readonly Asked[], denial: RegExp): Attempt {
  const steps = asked.map(
    ([did, { kind, text }]): Step => ({
      did,
      saw: kind === "yes" ? "done" : (text.split("\n")[0] ?? ""),
    }),
  );
  const done = asked.filter(([, { kind }]) => kind === "yes").map(([did]) => did);
  if (done.length > 0)
    return attempt("breached", `allowed: ${done.join(", ")}`, `разрешено: ${done.join(", ")}`, steps);
  const other = asked.find(([, { text }]) => !denial.test(text));
  if (other !== undefined)
    return attempt("unable", `${other[0]}: ${other[1].text}`, `${other[0]}: ${other[1].text}`, steps);
  return attempt(
    "refused",
    `none of ${asked.length} was allowed`,
    `не разрешено ничего из ${asked.length}`,
    steps,
  );
}

function worst(attempts: readonly Attempt[]): Attempt {
  const order = ["breached", "unable", "refused"] as const;
  const [first] = order.flatMap((outcome) => attempts.filter((one) => one.outcome === outcome));
  if (first === undefined) return attempt("unable", "nobody was asked as", "спросить не от чьего имени");
  return { ...first, steps: attempts.flatMap(({ steps }) => steps) };
}

async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}
