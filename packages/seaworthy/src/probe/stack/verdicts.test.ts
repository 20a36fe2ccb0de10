import { createServer, type Server } from "node:net";
import type { ReportReach } from "@seaworthy/evidence";
import { afterEach, describe, expect, test } from "vitest";
import type { Container, HealthCheck, PublishedPort } from "../../engine/container.ts";
import { declaredPorts } from "../../engine/exposed-ports.ts";
import { hardened } from "../../engine/runc/busybox.fixture.ts";
import type { StackService } from "../../engine/stack-service.ts";
import type { Image } from "../../oci/image.ts";
import type { HealthResult, ServiceState } from "../../stack/state.ts";
import { answerOf, redisLogin } from "./data-stores.ts";
import { judgeRead } from "./data-survives-restart.ts";
import { greetLive } from "./datastore-unreachable.ts";
import { judgeListeners } from "./declared-listeners.ts";
import { type Exposure, placesOf } from "./exposure.ts";
import { GREETINGS } from "./greetings.ts";
import { readHealth } from "./healthy.ts";
import { shareNetwork } from "./measure-reach.ts";
import { judgeOrphans } from "./no-zombies.ts";
import { attackLive } from "./published-ports.ts";
import { judgeReach } from "./separate-networks.ts";
import { judgeStop } from "./stops-on-signal.ts";

/** Nothing here looks into it. */
const image = {} as Image;

function service(changes: Partial<StackService> = {}, container: Partial<Container> = {}): StackService {
  return {
    container: hardened(image, "true", container),
    ports: [],
    healthCheck: undefined,
    restart: { policy: "no" },
    dependsOn: [],
    networks: [],
    ...changes,
  };
}
const port = (address: string, published: number, target = published): PublishedPort => ({
  address,
  published,
  target,
});

describe("where a service is looked for", () => {
  test.each<[string, readonly PublishedPort[], readonly number[], readonly string[]]>([
    [
      "what is declared on loopback answers there and nowhere else",
      [port("127.0.0.1", 80)],
      [80],
      ["127.0.0.1:80 declared", "127.0.0.2:80"],
    ],
    [
      "a port in the container is not the one on the host",
      [port("127.0.0.1", 5433, 5432)],
      [5432],
      ["127.0.0.1:5433 declared", "127.0.0.2:5433", "127.0.0.1:5432"],
    ],
    [
      "every address is tried on loopback only",
      [port("0.0.0.0", 80), port("::", 81)],
      [],
      ["127.0.0.1:80 declared", "::1:81 declared", "127.0.0.2:80", "127.0.0.2:81"],
    ],
    ["an address that others can reach is never tried", [port("192.0.2.7", 80)], [], ["127.0.0.2:80"]],
    [
      "the second loopback address may be the declared one",
      [port("127.0.0.2", 80)],
      [80],
      ["127.0.0.2:80 declared"],
    ],
    ["what nothing declares", [], [5432], ["127.0.0.1:5432"]],
  ])("%s", (_, ports, inside, places) => {
    const one = service({ ports });
    expect(
      placesOf(one, [one], inside).map(
        (place) => `${place.address}:${place.port}${place.isDeclared ? " declared" : ""}`,
      ),
    ).toEqual(places);
  });

  test("a port that another service publishes is that one's", () => {
    const app = service({ ports: [port("127.0.0.1", 6379, 8000)] });
    const redis = service({}, { name: "redis" });
    expect(placesOf(redis, [app, redis], [6379])).toEqual([]);
  });
});

describe("who answers", () => {
  let server: Server | undefined;
  afterEach(
    () => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))),
  );

  async function serve(answer: string): Promise<number> {
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(answer));
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }
  const exposure = (changes: Partial<Exposure>): Exposure => ({
    places: [],
    open: [],
    isOurs: () => true,
    ...changes,
  });
  const at = (address: string, number: number, isDeclared: boolean) => ({
    address,
    port: number,
    isDeclared,
  });

  test("declared on loopback, and only there", async () => {
    const number = await serve("");
    const places = [at("127.0.0.1", number, true), at("127.0.0.2", number, false)];
    expect(await attackLive(service(), exposure({ places }))).toMatchObject({
      outcome: "refused",
      steps: [{ saw: "connected" }, { saw: "ECONNREFUSED" }],
    });
  });

  test("undeclared", async () => {
    const places = [at("127.0.0.1", await serve(""), false)];
    expect(await attackLive(service(), exposure({ places }))).toMatchObject({ outcome: "breached" });
  });

  test("another program with the same port is not the stack's", async () => {
    const places = [at("127.0.0.1", await serve("+PONG\r\n"), false)];
    const foreign = exposure({ places, isOurs: () => false });
    expect(await attackLive(service(), foreign)).toMatchObject({
      outcome: "refused",
      steps: [{ saw: "connected, to a program that is not of this stack" }],
    });
    expect(await greetLive(GREETINGS.redis, foreign)).toMatchObject({ outcome: "refused" });
  });

  test("declared, but silent", async () => {
    const number = await serve("");
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    const attempt = await attackLive(service(), exposure({ places: [at("127.0.0.1", number, true)] }));
    expect(attempt).toMatchObject({ outcome: "breached", summary: { en: /does not answer/ } });
  });

  test("an address of other machines is not connected to, and still a breach", async () => {
    const open = [{ address: "192.0.2.7", port: 5432 }];
    const finding = { outcome: "breached", summary: { en: /192\.0\.2\.7:5432/ } };
    expect(await attackLive(service(), exposure({ open }))).toMatchObject(finding);
    expect(await greetLive(GREETINGS.postgres, exposure({ open }))).toMatchObject(finding);
  });

  test("on the host's network everything is open", async () => {
    const attempt = await attackLive(service({}, { network: "host" }), exposure({}));
    expect(attempt.outcome).toBe("breached");
  });

  test("a service without any port", async () => {
    expect(await attackLive(service(), exposure({}))).toMatchObject({ outcome: "absent" });
  });

  test.each([
    ["postgres", "N", "takes logins"],
    ["postgres", "S", "takes logins"],
    ["postgres", "HTTP/1.1 400", "answers"],
    ["redis", "+PONG\r\n", "says +PONG"],
    ["redis", "-NOAUTH Authentication required.\r\n", "says -NOAUTH Authentication required."],
    ["redis", "\u001b[2J\r\n", "says ?[2J"],
    ["redis", "", "takes the connection and says nothing"],
  ] as const)("%s that answers %j", async (role, answer, words) => {
    const number = await serve(answer);
    const attempt = await greetLive(GREETINGS[role], exposure({ places: [at("127.0.0.1", number, true)] }));
    const reset = answer === "";
    expect(attempt.outcome).toBe(reset ? "refused" : "breached");
    expect(GREETINGS[role].read(answer).en).toBe(words);
    if (!reset) expect(attempt.summary.en).toContain(words);
  });
});

describe("the end of a service", () => {
  test.each([
    [{ code: 0, signal: undefined, took: 12, late: false }, "refused", "exit 0 after 12 ms"],
    [{ code: 3, signal: undefined, took: 12, late: false }, "breached", "ended with exit code 3"],
    [{ code: undefined, signal: "SIGTERM", took: 12, late: false }, "breached", "ended with SIGTERM"],
    [{ code: undefined, signal: "SIGKILL", took: 900, late: true }, "breached", "still there after 1 s"],
    [{ code: 0, signal: undefined, took: 900, late: true }, "breached", "still there after 1 s"],
    [{ code: undefined, signal: undefined, took: 12, late: false }, "unable", "its exit code is not known"],
  ] as const)("%j", (stopped, outcome, summary) => {
    expect(judgeStop({ stopSignal: "SIGTERM", stopGrace: 1000 }, stopped)).toMatchObject({
      outcome,
      summary: { en: summary },
    });
  });
});

describe("the health of a service", () => {
  const check: HealthCheck = {
    argv: ["curl", "-f", "http://localhost/health"],
    ...{ interval: 1000, timeout: 1000, startPeriod: 0, startInterval: 1000, retries: 3 },
  };
  const result = (code: number | undefined, output: string, timedOut = false): HealthResult => ({
    ...{ startedAt: "", finishedAt: "", code, output, timedOut },
  });
  const state = (changes: Partial<ServiceState>): ServiceState => ({
    ...{ name: "app", status: "healthy", image: { reference: "", digest: "" }, ports: [] },
    ...{ outOfMemory: false, restarts: 0, settled: false, health: [] },
    ...changes,
  });

  test.each<[string, HealthCheck | undefined, ServiceState | undefined, string, RegExp]>([
    ["healthy", check, state({ health: [result(0, "")] }), "refused", /^healthy$/],
    ["no check", undefined, state({ status: "running" }), "breached", /nobody checks/],
    [
      "a check that is not in the image",
      check,
      state({ status: "unhealthy", health: [result(255, "exec: curl: not found\n")] }),
      "breached",
      /^unhealthy: exit 255: exec: curl: not found$/,
    ],
    [
      "slow",
      check,
      state({ status: "unhealthy", health: [result(undefined, "", true)] }),
      "breached",
      /timed out/,
    ],
    ["not started", check, state({ status: "exited", failure: "no room" }), "breached", /^exited: no room$/],
    ["missing", check, undefined, "breached", /^missing$/],
    [
      "a job that is done",
      undefined,
      state({ status: "exited", exitCode: 0, settled: true }),
      "absent",
      /ended with 0/,
    ],
    [
      "a job that failed",
      undefined,
      state({ status: "exited", exitCode: 1, settled: true }),
      "breached",
      /nobody/,
    ],
  ])("%s", (_, healthCheck, current, outcome, summary) => {
    const attempt = readHealth(service({ healthCheck }), current);
    expect(attempt.outcome).toBe(outcome);
    expect(attempt.summary.en).toMatch(summary);
  });
});

describe("who may get through to whom", () => {
  const inNetworks = (name: string, networks: readonly string[], container: Partial<Container> = {}) =>
    service({ networks: networks.map((network) => ({ network, aliases: [] })) }, { name, ...container });
  const services = [
    inNetworks("proxy", ["front"]),
    inNetworks("app", ["front", "back"]),
    inNetworks("db", ["back"]),
    inNetworks("sidecar", [], { extras: { shareNetwork: "service:db" } }),
    inNetworks("job", [], { network: "none" }),
    inNetworks("unsaid", []),
    inNetworks("default", ["default"]),
  ];
  const find = (name: string): StackService =>
    services.find(({ container }) => container.name === name) ?? service();

  test.each([
    ["proxy", "app", true],
    ["proxy", "db", false],
    ["app", "db", true],
    ["sidecar", "db", true],
    ["sidecar", "app", true],
    ["sidecar", "proxy", false],
    ["job", "db", false],
    ["unsaid", "default", true],
    ["unsaid", "app", false],
  ])("%s and %s: %s", (one, other, expected) => {
    expect(shareNetwork({ services }, find(one), find(other))).toBe(expected);
    expect(shareNetwork({ services }, find(other), find(one))).toBe(expected);
  });

  const row = (from: string, ...saw: readonly string[]): ReportReach => ({
    ...{ from, to: "db", declared: false },
    tried: saw.map((one, index) => ({ address: "172.18.0.2", port: 5432 + index, saw: one })),
  });
  test.each<[string, readonly ReportReach[], string, RegExp]>([
    ["nobody", [row("a", "no answer"), row("b", "ENETUNREACH")], "refused", /^out of reach of a, b$/],
    ["one at one place", [row("a", "EACCES"), row("b", "no answer", "connected")], "breached", /^b .*:5433$/],
    [
      "one that could, where another could not try",
      [{ ...row("a"), problem: { en: "gone", ru: "нет" } }, row("b", "connected")],
      "breached",
      /^b /,
    ],
    [
      "one that could not try",
      [row("a", "no answer"), { ...row("b"), problem: { en: "gone", ru: "нет" } }],
      "unable",
      /^gone$/,
    ],
    ["where nobody listens", [row("a")], "absent", /listens/],
  ])("%s gets through", (_, rows, outcome, summary) => {
    const judged = judgeReach(rows);
    expect(judged.outcome).toBe(outcome);
    expect(judged.summary.en).toMatch(summary);
  });
});

describe("what a data store says", () => {
  test.each([
    ["psql has done it", 0, "", "yes"],
    ["psql has an answer", 0, " 0011aabb\n", "yes"],
    [
      "starting",
      2,
      'psql: error: connection to server on socket "/s" failed: FATAL:  the database system is starting up',
      "not yet",
    ],
    [
      "no socket",
      2,
      'psql: error: connection to server on socket "/s" failed: No such file or directory',
      "not yet",
    ],
    [
      "not for us",
      2,
      'psql: error: connection to server on socket "/s" failed: FATAL:  password authentication failed for user "x"',
      "no",
    ],
    ["a mistake", 3, "ERROR:  permission denied for schema public", "no"],
    ["Redis has an answer", 0, "OK\n0011aabb", "yes"],
    ["Redis is loading", 0, "LOADING Redis is loading the dataset in memory", "not yet"],
    ["Redis refuses", 0, "OK\nNOPERM User app has no permissions to run the 'set' command", "no"],
    ["Redis wants a login", 0, "NOAUTH Authentication required.", "no"],
    // With the container that it ran in.
    ["killed", undefined, "", "not yet"],
    [
      "the setup's own server ends",
      2,
      "FATAL:  terminating connection due to administrator command",
      "not yet",
    ],
    ["the setup is not that far", 2, 'psql: error: FATAL:  database "mydb" does not exist', "not yet"],
    ["the container is between two lives", 255, "cannot exec in a stopped container", "not yet"],
  ] as const)("%s", (_, code, words, kind) => {
    expect(answerOf(code, words).kind).toBe(kind);
  });

  test.each([
    [
      "the user that may touch keys",
      "user default on nopass resetkeys -@all +ping\nuser app on >pw resetchannels ~myapp:* -@all +get +set\n",
      "AUTH app pw\n",
      "myapp:",
    ],
    ["all keys", "user app on >pw ~* +@all", "AUTH app pw\n", ""],
    ["a user that is off", "user app off >pw ~* +@all", "", ""],
    ["requirepass in a file", "port 6379\nrequirepass pw\n", "AUTH default pw\n", ""],
    ["requirepass in the command", "redis-server --requirepass pw", "AUTH default pw\n", ""],
    ["nobody", "redis-server --dir /data", "", ""],
  ])("login to Redis: %s", (_, configuration, login, prefix) => {
    expect(redisLogin(configuration)).toEqual({ login, prefix });
  });

  test.each([
    [{ kind: "yes", text: " 0011 " }, "refused"],
    [{ kind: "yes", text: "" }, "breached"],
    [{ kind: "yes", text: "2233" }, "breached"],
    [{ kind: "no", text: "permission denied" }, "unable"],
    [{ kind: "not yet", text: "starting up" }, "unable"],
  ] as const)("read back: %j is %s", (answer, outcome) => {
    expect(judgeRead(answer, "0011", []).outcome).toBe(outcome);
  });
});

describe("what a service listens on", () => {
  const tcp = (address: string, number: number) => ({ address, port: number, protocol: "tcp" as const });
  const names = { config: { exposedPorts: ["9000/tcp", "9001"] } } as unknown as Image;
  const declared = declaredPorts({
    ...service({ ports: [port("127.0.0.1", 80, 8000)], expose: ["5000-5002", "53/udp", "none"] }),
    container: hardened(names, "true"),
  });

  test.each([
    ["the target of a port", tcp("::", 8000)],
    ["what the file exposes", tcp("0.0.0.0", 5001)],
    ["what the image exposes", tcp("172.18.0.2", 9001)],
    ["datagrams that are exposed", { address: "::", port: 53, protocol: "udp" as const }],
    ["loopback, which is the container's own", tcp("127.0.0.1", 9229)],
    ["loopback of IPv6", tcp("::1", 9229)],
  ])("%s is declared", (_, one) => {
    expect(judgeListeners([one], declared)).toMatchObject({ outcome: "refused", steps: [{}] });
  });

  test.each([
    ["the port of the host, which is not the container's", tcp("0.0.0.0", 80), "0.0.0.0:80/tcp"],
    ["one past a range", tcp("0.0.0.0", 5003), "0.0.0.0:5003/tcp"],
    ["a debugger", tcp("::", 9229), "[::]:9229/tcp"],
    ["the other protocol", tcp("0.0.0.0", 53), "0.0.0.0:53/tcp"],
  ])("%s is not", (_, one, place) => {
    expect(judgeListeners([tcp("0.0.0.0", 8000), one], declared)).toMatchObject({
      outcome: "breached",
      summary: { en: `listens at ${place}, undeclared` },
    });
  });

  test("nothing at all is no breach", () => {
    expect(judgeListeners([], declared)).toMatchObject({
      outcome: "refused",
      summary: { en: "it listens nowhere" },
    });
  });
});

describe("orphans", () => {
  test.each([
    ["all gone", { made: 3, left: 0, took: 20 }, "refused", "all 3 were gone after 20 ms"],
    ["one left", { made: 3, left: 1, took: 3_010 }, "breached", "1 of 3 were zombies after 3 s"],
    [
      "who may start nothing leaves nobody behind",
      { isForbidden: true, saw: "vfork: EPERM" },
      "absent",
      "nothing in it can start a process",
    ],
    [
      "a limit that is reached is no evidence",
      { isForbidden: false, saw: "vfork: EAGAIN" },
      "unable",
      "no orphan was left: vfork: EAGAIN",
    ],
  ])("%s", (_, seen, outcome, en) => {
    expect(judgeOrphans(seen, 3_000)).toMatchObject({ outcome, summary: { en } });
  });
});
