import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Container, HealthCheck, PublishedPort } from "../../engine/container.ts";
import { createLab, hardened, type Lab, traces, whyNotHere } from "../../engine/runc/busybox.fixture.ts";
import type { StackService } from "../../engine/stack-service.ts";
import type { StackSpec } from "../stack-spec.ts";
import type { StackState } from "../state.ts";
import { readLog } from "./log-file.ts";
import { bounceService, execInStack, readStack, type StackOptions, startStack, stopStack } from "./stack.ts";
import { logFile, stackPlaces } from "./stack-places.ts";

const reason = whyNotHere();
const here = reason === undefined ? describe : describe.skip;
const REPOSITORY = fileURLToPath(new URL("../../../../..", import.meta.url));

here(`a stack${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let lab: Lab;
  let options: StackOptions;
  let port: number;

  beforeAll(() => {
    // The supervisor is a program: it runs compiled. A type error elsewhere does not keep it from being written.
    spawnSync("npx", ["tsc", "-b", "packages/seaworthy/tsconfig.build.json"], { cwd: REPOSITORY });
  });
  beforeEach(async () => {
    lab = createLab(`stack-${process.pid}`);
    options = { ...lab.options, leash: true };
    port = await freePort();
  });
  afterEach(async () => {
    await stopStack(lab.options.project, options);
    expect(traces(lab)).toEqual([]);
    lab[Symbol.dispose]();
  });

  function service(
    name: string,
    script: string,
    changes: Partial<StackService> = {},
    container: Partial<Container> = {},
  ): StackService {
    return {
      container: hardened(lab.image, script, { name, ...container }),
      ports: [],
      healthCheck: undefined,
      restart: { policy: "no" },
      dependsOn: [],
      networks: [],
      ...changes,
    };
  }

  const spec = (...services: readonly StackService[]): StackSpec => ({
    ...{ project: lab.options.project, files: [] },
    services: services.map((one) => (one.container.name === "db" ? { ...one, containerName: "mydb" } : one)),
    ...{ networks: new Map(), volumes: new Map() },
  });

  /** Its pid. */
  async function supervisorOf({ project }: StackState): Promise<number> {
    const state = await readStack(project, options);
    if (state === undefined) throw new Error(`expected ${project} to be up`);
    return state.supervisor.pid;
  }

  const HTTP = "echo answer > /tmp/index.html; httpd -f -p 8000 -h /tmp";
  const tmp = { kind: "tmpfs", target: "/tmp", size: 65536, mode: 0o1777, exec: false } as const;
  const check = (script: string, changes: Partial<HealthCheck> = {}): HealthCheck => ({
    argv: ["/bin/sh", "-c", script],
    interval: 100,
    timeout: 2_000,
    startPeriod: 0,
    startInterval: 100,
    retries: 2,
    ...changes,
  });
  const published = (): PublishedPort => ({ address: "127.0.0.1", published: port, target: 8000 });

  test("services start in their order, reach each other by name, and only what is published is reachable", async () => {
    const db = service(
      "db",
      "touch /tmp/ready; nc -ll -p 5432 -e /bin/echo hello",
      { healthCheck: check("[ -e /tmp/ready ]") },
      { mounts: [tmp] },
    );
    const app = service(
      "app",
      `nc -w 2 mydb 5432; ${HTTP}`,
      {
        ports: [published()],
        healthCheck: check("wget -q -O- http://localhost:8000/"),
        dependsOn: [{ service: "db", condition: "healthy" }],
      },
      { mounts: [tmp] },
    );
    const seen: string[] = [];
    await using stack = await startStack(spec(app, db), {
      ...options,
      onChange: (state) => seen.push(state.services.map((one) => one.status).join(" ")),
    });
    const state = await stack.waitHealthy({ timeout: 10_000 });
    expect(state.services.map(({ name, status }) => [name, status])).toEqual([
      ["app", "healthy"],
      ["db", "healthy"],
    ]);
    expect(seen.indexOf("created healthy"), "app waits for db").toBeLessThan(
      seen.indexOf("starting healthy"),
    );
    expect(await talk(port, "GET / HTTP/1.0\r\n\r\n")).toContain("answer");
    await expect(talk(5432, "")).rejects.toThrow(/ECONNREFUSED|never/);
    const log = await readLog(logFile(stackPlaces(options.runRoot, stack.project), "app"));
    expect(log[0]).toMatchObject({ stream: "stdout", text: "hello" });
    const joined = await execInStack(stack.project, "app", ["/bin/sh", "-c", "id -u; cat"], {
      ...options,
      stdin: Buffer.from("in"),
    });
    expect(joined.stdout.toString()).toBe("10001\nin");
    const route = await execInStack(
      stack.project,
      "app",
      ["/bin/sh", "-c", "nc -w 1 192.0.2.1 80 </dev/null"],
      options,
    );
    expect(route.stderr.toString()).toContain("unreachable");
    expect((await readStack(stack.project, options))?.services.length).toBe(2);
  });

  test("a check that fails makes unhealthy, and the fault says what it said", async () => {
    const app = service("app", "echo started; sleep 60", { healthCheck: check("echo 'not yet'; exit 1") });
    await using stack = await startStack(spec(app), options);
    await expect(stack.waitHealthy({ timeout: 10_000 })).rejects.toMatchObject({
      code: "stack/unhealthy",
      message: expect.stringContaining('"app"') as unknown,
      hint: expect.stringMatching(/not yet[^]*started/) as unknown,
    });
    expect(stack.state().services[0]?.health[0]).toMatchObject({
      code: 1,
      timedOut: false,
      output: "not yet\n",
    });
  });

  test("a service that ends is started again as its policy says", async () => {
    const app = service("app", "exit 3", { restart: { policy: "on-failure", attempts: 2 } });
    await using stack = await startStack(spec(app), options);
    await until(() => stack.state().services[0]?.settled === true);
    await expect(stack.waitHealthy()).rejects.toThrow(/"app".*ended with code 3/);
    expect(stack.state().services[0]).toMatchObject({ restarts: 2, settled: true, exitCode: 3 });
  });

  test("a dependency that fails keeps its dependents from starting", async () => {
    const db = service("db", "exit 1");
    const app = service("app", "echo no", { dependsOn: [{ service: "db", condition: "completed" }] });
    await using stack = await startStack(spec(db, app), options);
    await expect(stack.waitHealthy({ timeout: 10_000 })).rejects.toThrow(/ended with code 1/);
    await until(() => stack.state().services[1]?.failure !== undefined);
    expect(stack.state().services[1]?.failure).toContain('depends on "db"');
  });

  test("a restart gives a new container and a new process", async () => {
    await using stack = await startStack(
      spec(service("app", "trap 'exit 0' TERM; while :; do sleep 0.05; done")),
      options,
    );
    const before = await stack.waitHealthy({ timeout: 10_000 });
    await bounceService(stack.project, "app", { ...options, loseVolumes: false });
    await until(
      () => stack.state().services[0]?.restarts === 1 && stack.state().services[0]?.pid !== undefined,
    );
    expect(stack.state().services[0]?.pid).not.toBe(before.services[0]?.pid);
  });

  test("stopping sends the signal, waits, and takes dependents first", async () => {
    const script = (name: string): string =>
      `trap 'echo ${name} > /log/$(ls /log | grep -c .); exit 0' TERM; while :; do sleep 0.02; done`;
    const source = `${lab.folder}/log`;
    execFileSync("mkdir", ["-m", "777", source]);
    const mounts = [{ kind: "bind", source, target: "/log", readOnly: false } as const];
    const db = service("db", script("db"), {}, { mounts });
    const app = service(
      "app",
      script("app"),
      { dependsOn: [{ service: "db", condition: "started" }] },
      { mounts },
    );
    const stack = await startStack(spec(db, app), options);
    await stack.waitHealthy({ timeout: 10_000 });
    await delay(300);
    expect(await stopStack(stack.project, options)).toBe(true);
    expect([0, 1].map((index) => readFileSync(`${source}/${index}`, "utf8"))).toEqual(["app\n", "db\n"]);
    expect(await readStack(stack.project, options)).toBeUndefined();
    expect(await stopStack(stack.project, options)).toBe(false);
  });

  test("a port in use is named before anything starts", async () => {
    await using taken = await listening(port);
    expect(taken.listening).toBe(true);
    await expect(
      startStack(spec(service("app", "sleep 9", { ports: [published()] })), options),
    ).rejects.toMatchObject({
      code: "stack/port-taken",
      exit: 3,
      message: expect.stringMatching(new RegExp(`port ${port} .*"app"`)) as unknown,
    });
    expect(traces(lab)).toEqual([]);
  });

  test("a second start of the same project is refused and harms nothing", async () => {
    await using stack = await startStack(spec(service("app", "sleep 60")), options);
    await stack.waitHealthy({ timeout: 10_000 });
    await expect(startStack(spec(service("app", "sleep 60")), options)).rejects.toMatchObject({
      code: "stack/already-running",
    });
    expect((await execInStack(stack.project, "app", ["/bin/true"], options)).code).toBe(0);
  });

  test("of two starts at once, one is refused", async () => {
    const starts = [1, 2].map(() => startStack(spec(service("app", "sleep 60")), options));
    const results = await Promise.allSettled(starts);
    expect(results.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(results.find((one) => one.status === "rejected")?.reason).toMatchObject({
      code: "stack/already-running",
      exit: 3,
    });
  });

  test("after the supervisor was killed, down removes everything, and up works again", async () => {
    const app = service("app", "trap '' TERM; sleep 60 & sleep 60", { ports: [published()] });
    const stack = await startStack(spec(app), options);
    const state = await stack.waitHealthy({ timeout: 10_000 });
    process.kill(await supervisorOf(state), "SIGKILL");
    await until(async () => (await readStack(stack.project, options)) === undefined);
    expect(traces(lab)).not.toEqual([]);
    await using again = await startStack(spec(app), options);
    await again.waitHealthy({ timeout: 10_000 });
    process.kill(await supervisorOf(again.state()), "SIGKILL");
    await stopStack(again.project, options);
    expect(traces(lab)).toEqual([]);
  });

  test.each([
    ["on a leash", true],
    ["released", false],
  ])("when its starter is killed, a stack %s ends or stays", async (_, leash) => {
    const starter = spawn(process.execPath, ["--input-type=module", "-e", STARTER], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    starter.stdin.end(
      JSON.stringify({
        modules: `${REPOSITORY}packages/seaworthy/dist/`,
        options: { ...options, leash },
        service: service("app", "sleep 60"),
        project: lab.options.project,
      }),
    );
    const state = JSON.parse(await firstLine(starter.stdout)) as StackState;
    expect(traces(lab)).not.toEqual([]);
    starter.kill("SIGKILL");
    if (leash) {
      await until(() => traces(lab).length === 0);
    } else {
      await delay(500);
      expect((await readStack(state.project, options))?.services[0]?.status).toBe("running");
      expect((await execInStack(state.project, "app", ["/bin/true"], options)).code).toBe(0);
    }
  });
});

/** Another process that starts a stack and waits to be killed. */
const STARTER = `
import { readFileSync } from "node:fs";
const { modules, options, service, project } = JSON.parse(readFileSync(0, "utf8"));
const { startStack } = await import(modules + "stack/runc/stack.js");
service.container.env = new Map();
const stack = await startStack({ project, files: [], services: [service], networks: new Map(), volumes: new Map() }, { ...options, unpack: async () => {} });
console.log(JSON.stringify(await stack.waitHealthy()));
setInterval(() => {}, 1000);
`;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await condition()) return;
    await delay(20);
  }
  throw new Error("expected a condition to become true within 10 s");
}

function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.once("error", reject);
    socket.once("close", () => resolve(answer));
    socket.end(text);
  });
}

async function listening(port: number): Promise<Server & AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

async function freePort(): Promise<number> {
  const server = await listening(0);
  const address = server.address();
  await server[Symbol.asyncDispose]();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += chunk.toString();
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}
