/** Whole stacks on real engines that speak the Docker API: what a user of `docker compose` expects, and nothing left after it. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { HealthCheck, VolumeMount } from "../../packages/seaworthy/src/engine/container.ts";
import type { DockerClient } from "../../packages/seaworthy/src/engine/docker/client.ts";
import { connectDocker } from "../../packages/seaworthy/src/engine/docker/connect.ts";
import { createDockerEngine } from "../../packages/seaworthy/src/engine/docker/engine.ts";
import { createDockerRuntime } from "../../packages/seaworthy/src/stack/docker/runtime.ts";
import type { ServiceLogLine, StackRuntime } from "../../packages/seaworthy/src/stack/stack-runtime.ts";
import { declarationDigest } from "../../packages/seaworthy/src/stack/stack-spec.ts";
import type { ServiceState, StackState } from "../../packages/seaworthy/src/stack/state.ts";
import { DAEMONS, type Daemon } from "./daemons.ts";
import {
  compileOnce,
  createStackLab,
  FOREVER,
  freePort,
  type StackLab,
  stackOf,
  withoutBusybox,
} from "./stack-lab.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const PATIENCE = { timeout: 20_000 };
const STAY = { leash: false };

const check = (argv: readonly string[], changes: Partial<HealthCheck> = {}): HealthCheck => ({
  argv,
  ...{ interval: 300, timeout: 2_000, startPeriod: 0, startInterval: 300, retries: 2 },
  ...changes,
});
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const stateOf = (state: StackState | undefined, name: string): ServiceState | undefined =>
  state?.services.find((one) => one.name === name);

async function until(holds: () => boolean | Promise<boolean>, patience = 20_000): Promise<void> {
  for (const deadline = Date.now() + patience; !(await holds()); await delay(50)) {
    if (Date.now() > deadline)
      throw new Error(`it did not come true within ${patience} ms: ${holds.toString()}`);
  }
}

async function collect(lines: AsyncIterable<ServiceLogLine>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(`${line.service}: ${line.text}`);
  return all;
}

for (const kind of DAEMONS) {
  const reason = kind.missing() ?? withoutBusybox();
  const isDocker = kind.name !== "Podman";

  describe.skipIf(reason !== undefined)(
    `stacks on ${kind.name}${reason === undefined ? "" : ` (skipped: ${reason})`}`,
    () => {
      let daemon: Daemon;
      let client: DockerClient;
      let runtime: StackRuntime;
      let lab: StackLab;
      let project: string;
      let count = 0;

      beforeAll(async () => {
        compileOnce(REPOSITORY);
        daemon = await kind.start();
        client = await connectDocker({ env: {}, host: daemon.host });
        runtime = createDockerRuntime({ client, engine: createDockerEngine({ client }) });
        lab = await createStackLab(client);
      }, 120_000);
      afterAll(async () => {
        client?.[Symbol.dispose]();
        await daemon?.[Symbol.asyncDispose]();
      }, 60_000);
      beforeEach(() => {
        count += 1;
        project = `lab${count}`;
      });
      afterEach(async () => {
        await runtime.stop(`${project}guest`, {});
        await runtime.stop(project, {});
        expect(await traces()).toEqual([]);
      });

      async function traces(): Promise<readonly string[]> {
        const filters = { label: [`com.docker.compose.project=${project}`] };
        const containers = await client.containers.list({ all: true, filters });
        const networks = await client.networks.list({ filters });
        return [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)];
      }

      test("comes up in order, with Compose's names and labels, and goes down whole", async () => {
        const db = lab.service("db", FOREVER, { healthCheck: check(["/bin/true"]) });
        const setup = lab.service("setup", "echo ready");
        const app = lab.service("app", FOREVER, {
          dependsOn: [
            { service: "db", condition: "healthy" },
            { service: "setup", condition: "completed" },
            { service: "nobody", condition: "started", required: false },
          ],
          containerName: `${project}-own-name`,
        });
        const spec = stackOf(project, [app, db, setup]);
        const states: StackState[] = [];
        const handle = await runtime.start(spec, { ...STAY, onChange: (state) => states.push(state) });
        const state = await handle.waitHealthy(PATIENCE);
        expect(state.services.map(({ name, status }) => `${name} ${status}`)).toEqual([
          "app running",
          "db healthy",
          "setup exited",
        ]);
        for (const { services } of states) {
          const [first, second, third] = services;
          if (first?.status !== "created") expect([second?.status, third?.exitCode]).toEqual(["healthy", 0]);
        }
        expect(stateOf(state, "db")?.health.at(-1)).toMatchObject({ code: 0, timedOut: false });
        expect((await runtime.read(project))?.declared).toBe(declarationDigest(spec));
        const { Name, Config } = await client.containers.inspect(`${project}-db-1`);
        expect(Name).toBe(`/${project}-db-1`);
        expect(Config.Labels).toMatchObject({
          "com.docker.compose.project": project,
          "com.docker.compose.service": "db",
          "com.docker.compose.container-number": "1",
          "com.docker.compose.oneoff": "False",
          "com.docker.compose.project.working_dir": "/nowhere",
          "com.docker.compose.project.config_files": "/nowhere/compose.yaml",
        });
        expect((await client.containers.inspect(`${project}-own-name`)).State.Running).toBe(true);
        handle.release();
        expect(await runtime.stop(project, {})).toBe(true);
        expect(await traces()).toEqual([]);
        expect(await runtime.read(project)).toBeUndefined();
        expect(await runtime.stop(project, {})).toBe(false);
      });

      test("networks join those who are in them, by all their names, and nobody else", async () => {
        const server = "while :; do echo hello | nc -l -p 8080; done";
        const db = lab.service("db", server, {
          networks: [{ network: "back", aliases: ["postgres"] }],
          containerName: `${project}-db-own`,
        });
        const app = lab.service("app", FOREVER, {
          networks: [
            { network: "front", aliases: [] },
            { network: "back", aliases: [] },
          ],
        });
        const web = lab.service("web", FOREVER, { networks: [{ network: "front", aliases: [] }] });
        const alone = lab.service("alone", FOREVER, { networks: [] }, { network: "none" });
        const side = lab.service(
          "side",
          FOREVER,
          { networks: [] },
          { extras: { shareNetwork: "service:app" } },
        );
        const spec = stackOf(project, [side, db, app, web, alone], {
          networks: { front: {}, back: { internal: true } },
        });
        await using handle = await runtime.start(spec, STAY);
        await handle.waitHealthy(PATIENCE);
        const ask = async (from: string, name: string): Promise<string> => {
          const argv = ["sh", "-c", `nc -w 2 ${name} 8080 </dev/null`];
          return text((await runtime.exec(project, from, argv, { timeout: 10_000 })).stdout).trim();
        };
        for (const name of ["db", "postgres", `${project}-db-own`]) {
          await until(async () => (await ask("app", name)) === "hello");
        }
        await until(async () => (await ask("side", "db")) === "hello");
        expect([await ask("web", "db"), await ask("alone", "db")]).toEqual(["", ""]);
        const back = await client.networks.inspect(`${project}_back`);
        expect([back.Internal, back.Labels?.["com.docker.compose.network"]]).toEqual([true, "back"]);
      });

      test("publishes exactly what is declared, and sees who listens", async () => {
        const published = await freePort();
        const app = lab.service("app", "while :; do echo hello | nc -l -p 8080; done", {
          ports: [{ address: "127.0.0.1", published, target: 8080 }],
        });
        const host = await freePort();
        const onHost = lab.service("host", `nc -l -p ${host}`, { networks: [] }, { network: "host" });
        await using handle = await runtime.start(stackOf(project, [app, onHost]), STAY);
        const state = await handle.waitHealthy(PATIENCE);
        expect(stateOf(state, "app")?.ports).toEqual([{ address: "127.0.0.1", published, target: 8080 }]);
        await until(async () => (await runtime.insideListeners(project, "app"))?.[0]?.port === 8080);
        await until(async () => (await runtime.hostListeners(project)).some(({ port }) => port === host));
        expect(await runtime.hostListeners(project)).toContainEqual({
          address: "127.0.0.1",
          port: published,
        });
        expect((await runtime.hostListeners(project)).filter(({ port }) => port === published)).toHaveLength(
          1,
        );
      });

      test("a port in use is named before anything is made", async () => {
        const taken = createServer().listen(0, "127.0.0.1");
        await once(taken, "listening");
        const { port } = taken.address() as { readonly port: number };
        const app = lab.service("app", FOREVER, {
          ports: [{ address: "0.0.0.0", published: port, target: 80 }],
        });
        await expect(runtime.start(stackOf(project, [app]), STAY)).rejects.toMatchObject({
          code: "stack/port-taken",
          exit: 3,
        });
        expect(await traces()).toEqual([]);
        taken.close();
      });

      test("a service that cannot be started says why, and what depends on it is not started", async () => {
        const broken = lab.service("broken", "", {}, { argv: ["/bin/no-such-program"] });
        const app = lab.service("app", FOREVER, { dependsOn: [{ service: "broken", condition: "started" }] });
        await using handle = await runtime.start(stackOf(project, [broken, app]), STAY);
        await expect(handle.waitHealthy(PATIENCE)).rejects.toMatchObject({
          code: "stack/unhealthy",
          message: expect.stringMatching(/"broken".*not started: .*no-such-program/s) as unknown,
        });
        await until(() => stateOf(handle.state(), "app")?.failure !== undefined);
        expect(stateOf(handle.state(), "app")?.failure).toContain('depends on "broken"');
      });

      test("one that never becomes healthy is told with its check's output and its last words", async () => {
        const app = lab.service("app", `echo starting; echo no database >&2; ${FOREVER}`, {
          healthCheck: check(["sh", "-c", "echo not yet; exit 1"]),
        });
        await using handle = await runtime.start(stackOf(project, [app]), STAY);
        await expect(handle.waitHealthy(PATIENCE)).rejects.toMatchObject({
          code: "stack/unhealthy",
          message: expect.stringContaining('"app" to become healthy, found it unhealthy') as unknown,
          hint: expect.stringMatching(/not yet[^]*no database/) as unknown,
        });
      });

      test("restarts as the policy says, and tells how it ended", async () => {
        const app = lab.service("app", "exit 3", { restart: { policy: "on-failure", attempts: 2 } });
        const hog = lab.service(
          "hog",
          "sleep 0.3; x=a; while :; do x=$x$x; done",
          {},
          {
            limits: { memory: 16 * 1024 * 1024, pids: 32, cpus: undefined, shmSize: 1024 * 1024 },
          },
        );
        await using handle = await runtime.start(stackOf(project, [app, hog]), STAY);
        await until(() => handle.state().services.every(({ settled }) => settled));
        expect(stateOf(handle.state(), "app")).toMatchObject({
          status: "exited",
          exitCode: 3,
          settled: true,
        });
        // Podman 4.3 on cgroup v1 does not tell.
        expect(stateOf(handle.state(), "hog")).toMatchObject({ status: "exited", outOfMemory: isDocker });
        if (isDocker) expect(stateOf(handle.state(), "app")?.restarts).toBe(2);
      });

      test("a restart and a bounce give a new process", async () => {
        const app = lab.service("app", "trap 'exit 7' TERM; while :; do sleep 0.05; done", {
          restart: { policy: "always" },
        });
        const deaf = lab.service("deaf", "trap '' TERM; while :; do sleep 0.05; done");
        const spec = stackOf(project, [app, deaf]);
        await using handle = await runtime.start(spec, STAY);
        const before = stateOf(await handle.waitHealthy(PATIENCE), "app")?.pid;
        await runtime.restart(project, "app");
        await until(() => ![before, undefined].includes(stateOf(handle.state(), "app")?.pid));
        await delay(300);
        expect(await runtime.bounce(project, "app")).toMatchObject({
          code: 7,
          signal: undefined,
          late: false,
        });
        expect(await runtime.bounce(project, "deaf")).toMatchObject({ signal: "SIGKILL", late: true });
        await until(() => handle.state().services.every(({ status }) => status === "running"));
      });

      test("volumes outlive the stack, and are removed when asked", async () => {
        const mount = {
          kind: "volume",
          name: `${project}_data`,
          source: "/nowhere",
          target: "/data",
          readOnly: false,
        } as const;
        const app = lab.service("app", `echo again >> /data/runs; ${FOREVER}`, {}, { mounts: [mount] });
        const spec = stackOf(project, [app], { volumes: { data: { labels: new Map([["kept", "yes"]]) } } });
        const read = async (): Promise<string> =>
          text((await runtime.exec(project, "app", ["cat", "/data/seed", "/data/runs"])).stdout);
        {
          await using handle = await runtime.start(spec, STAY);
          await handle.waitHealthy(PATIENCE);
          await until(async () => (await read()) === "from the image\nagain\n");
        }
        expect((await client.volumes.inspect(mount.name)).Labels).toMatchObject({
          kept: "yes",
          "com.docker.compose.volume": "data",
        });
        await using handle = await runtime.start(spec, STAY);
        await handle.waitHealthy(PATIENCE);
        await until(async () => (await read()) === "from the image\nagain\nagain\n");
        await runtime.stop(project, { volumes: [mount.name] });
        await expect(client.volumes.inspect(mount.name)).rejects.toMatchObject({ code: "docker/not-found" });
      });

      test("a double can lose its volumes, and nobody else can", async () => {
        const owner = { uid: 10001, gid: 10001, mode: 0o700 };
        const mounts: readonly VolumeMount[] = [
          { kind: "volume", name: `${project}_data`, source: "/nowhere", target: "/data", readOnly: false },
          {
            kind: "volume",
            name: `${project}_own`,
            source: "/nowhere",
            target: "/own",
            readOnly: false,
            owner,
          },
        ];
        const app = lab.service("app", `touch /own/here; ${FOREVER}`, {}, { mounts });
        const spec = stackOf(project, [app]);
        await using handle = await runtime.start(spec, { leash: true });
        const before = await handle.waitHealthy(PATIENCE);
        const list = async (): Promise<string> =>
          text((await runtime.exec(project, "app", ["ls", "/data", "/own"])).stdout);
        await until(async () => (await list()).includes("here"));
        await runtime.exec(project, "app", ["touch", "/data/mine"]);
        expect(await list()).toContain("mine");
        await runtime.loseVolumes(project, "app");
        await until(() => stateOf(handle.state(), "app")?.status === "running");
        expect(stateOf(handle.state(), "app")?.containerId).not.toBe(stateOf(before, "app")?.containerId);
        await until(async () => (await list()).includes("here"));
        expect(await list()).not.toContain("mine");
        const other = createDockerRuntime({ client, engine: runtime.engine });
        await expect(other.loseVolumes(project, "app")).rejects.toMatchObject({ code: "stack/not-a-double" });
        await runtime.stop(project, { volumes: mounts.map(({ name }) => name) });
      });

      test("logs come in the order of their times, last lines first when asked, and as they are written", async () => {
        const a = lab.service("a", `echo a1; sleep 0.4; echo a2 >&2; ${FOREVER}`);
        const b = lab.service("b", `sleep 0.2; echo b1; sleep 0.4; echo b2; ${FOREVER}`);
        await using handle = await runtime.start(stackOf(project, [a, b]), STAY);
        await handle.waitHealthy(PATIENCE);
        await until(async () => (await collect(runtime.logs(project, { follow: false }))).length === 4);
        const all = await collect(runtime.logs(project, { follow: false }));
        expect(all.filter((line) => line.startsWith("b"))).toEqual(["b: b1", "b: b2"]);
        expect(await collect(runtime.logs(project, { follow: false, services: ["a"], tail: 1 }))).toEqual([
          "a: a2",
        ]);
        expect(
          await collect(runtime.logs(project, { follow: false, since: new Date(Date.now() + 60_000) })),
        ).toEqual([]);
        const following = collect(runtime.logs(project, { follow: true }));
        await delay(300);
        await runtime.restart(project, "a");
        await until(
          async () => (await collect(runtime.logs(project, { follow: false, services: ["a"] }))).length === 4,
        );
        await handle[Symbol.asyncDispose]();
        expect([...(await following)].sort()).toEqual(["a: a1", "a: a1", "a: a2", "a: a2", "b: b1", "b: b2"]);
      });

      // Podman notes times inside them.
      if (isDocker)
        test("long lines are whole", async () => {
          const app = lab.service(
            "app",
            `dd if=/dev/zero bs=1000 count=40 2>/dev/null | tr '\\0' x; echo; ${FOREVER}`,
          );
          const script = app.container.argv[2]?.replace("tr ", "/bin/busybox tr ") ?? "";
          const service = { ...app, container: { ...app.container, argv: ["/bin/sh", "-c", script] } };
          await using handle = await runtime.start(stackOf(project, [service]), STAY);
          await handle.waitHealthy(PATIENCE);
          const whole = `app: ${"x".repeat(40_000)}`;
          const printed = (): Promise<readonly string[]> => collect(runtime.logs(project, { follow: false }));
          // The engine keeps it in parts, the first of which may be there before the last.
          await until(async () => (await printed()).join("").length >= whole.length);
          expect(await printed()).toEqual([whole]);
        });

      test("stats, changes and exec", async () => {
        const app = lab.service(
          "app",
          `echo > /tmp/new; rm /data/seed; ${FOREVER}`,
          {},
          { readOnlyRoot: false },
        );
        await using handle = await runtime.start(stackOf(project, [app]), STAY);
        await handle.waitHealthy(PATIENCE);
        await until(async () =>
          (await runtime.changes(project, "app")).some(({ kind }) => kind === "deleted"),
        );
        expect(await runtime.changes(project, "app")).toEqual(
          expect.arrayContaining([
            { path: "/tmp/new", kind: "added" },
            { path: "/data/seed", kind: "deleted" },
          ]) as unknown,
        );
        const [stats] = await runtime.stats(project);
        expect(stats).toMatchObject({ service: "app", memoryLimit: 64 * 1024 * 1024, processLimit: 32 });
        expect(stats?.memory).toBeGreaterThan(0);
        expect(stats?.processes).toBeGreaterThan(0);
        const result = await runtime.exec(project, "app", ["sh", "-c", "id -u; cat; exit 5"], {
          stdin: Buffer.from("in"),
        });
        expect([text(result.stdout), result.code]).toEqual(["10001\nin", 5]);
        await expect(runtime.exec(project, "nobody", ["true"])).rejects.toMatchObject({
          code: "stack/unknown-service",
        });
        await expect(runtime.exec("nothing", "app", ["true"])).rejects.toMatchObject({
          code: "stack/not-running",
        });
      });

      test("a second start is refused and harms nothing; of two at once one is refused", async () => {
        const spec = stackOf(project, [lab.service("app", FOREVER)]);
        const starts = await Promise.allSettled([runtime.start(spec, STAY), runtime.start(spec, STAY)]);
        expect(starts.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
        expect(starts.find((one) => one.status === "rejected")?.reason).toMatchObject({
          code: "stack/already-running",
          exit: 3,
        });
        const [winner] = starts.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
        await winner?.waitHealthy(PATIENCE);
        await expect(runtime.start(spec, STAY)).rejects.toMatchObject({ code: "stack/already-running" });
        expect((await runtime.exec(project, "app", ["true"])).code).toBe(0);
        await winner?.[Symbol.asyncDispose]();
      });

      test("an aborted start leaves nothing, and neither does one that fails half-way", async () => {
        const spec = stackOf(project, [lab.service("app", FOREVER), lab.service("other", FOREVER)]);
        const controller = new AbortController();
        const containers: DockerClient["containers"] = {
          ...client.containers,
          async create(...args) {
            const made = await client.containers.create(...args);
            controller.abort(new Error("stopped by the user"));
            return made;
          },
        };
        const hasty = createDockerRuntime({ client: { ...client, containers }, engine: runtime.engine });
        const starting = hasty.start(spec, { ...STAY, signal: controller.signal });
        await expect(starting, "aborted").rejects.toThrow("stopped by the user");
        expect(await traces()).toEqual([]);
        const missing = stackOf(project, [lab.service("app", FOREVER)], {
          networks: { default: { external: true, name: "no-such-network" } },
        });
        await expect(runtime.start(missing, STAY), "without its network").rejects.toMatchObject({
          code: "stack/network-missing",
        });
        const bad = lab.service("bad", FOREVER, { containerName: "no such name!" });
        await expect(
          runtime.start(stackOf(project, [lab.service("app", FOREVER), bad]), STAY),
          "with a bad name",
        ).rejects.toThrow();
        expect(await traces()).toEqual([]);
      });

      test("a network that somebody else is in is named, and everything else is removed", async () => {
        const spec = stackOf(project, [lab.service("app", FOREVER)]);
        const handle = await runtime.start(spec, STAY);
        await handle.waitHealthy(PATIENCE);
        handle.release();
        const guest = stackOf(`${project}guest`, [lab.service("app", FOREVER)], {
          networks: { default: { external: true, name: `${project}_default` } },
        });
        const visiting = await runtime.start(guest, STAY);
        await visiting.waitHealthy(PATIENCE);
        await expect(runtime.stop(project, {})).rejects.toMatchObject({
          code: "stack/network-in-use",
          message: expect.stringContaining(`${project}guest-app-1`) as unknown,
        });
        expect(await traces()).toEqual([`${project}_default`]);
        await visiting[Symbol.asyncDispose]();
        expect(await runtime.stop(project, {})).toBe(true);
      });

      test("dependents are stopped first, each with its own patience", async () => {
        const folder = mkdtempSync(join(tmpdir(), "stack-order-"));
        spawnSync("chmod", ["777", folder]);
        const mounts = [{ kind: "bind", source: folder, target: "/log", readOnly: false } as const];
        const script = (name: string): string =>
          `trap 'sleep 0.3; echo ${name} >> /log/order; exit 0' TERM; touch /log/${name}; while :; do sleep 0.05; done`;
        const db = lab.service("db", script("db"), {}, { mounts });
        const dependsOn = [{ service: "db", condition: "started" }] as const;
        const app = lab.service("app", script("app"), { dependsOn }, { mounts });
        const handle = await runtime.start(stackOf(project, [db, app]), STAY);
        await handle.waitHealthy(PATIENCE);
        await until(
          async () => text((await runtime.exec(project, "db", ["ls", "/log"])).stdout).trim() === "app\ndb",
        );
        await handle[Symbol.asyncDispose]();
        expect(spawnSync("cat", [join(folder, "order")]).stdout.toString()).toBe("app\ndb\n");
        rmSync(folder, { recursive: true });
      });

      test.each([
        ["on a leash", true],
        ["released", false],
      ])("when its starter has gone, a stack %s ends or stays", async (_, leash) => {
        const spec = stackOf(project, [lab.service("app", FOREVER)]);
        const starter = spawn(process.execPath, ["--input-type=module", "-e", STARTER], {
          stdio: ["pipe", "pipe", "inherit"],
        });
        const gone = once(starter, "exit");
        const order = { dist: `${REPOSITORY}packages/seaworthy/dist/`, host: daemon.host, spec, leash };
        starter.stdin.end(
          JSON.stringify(order, (__, value: unknown) => (value instanceof Map ? { map: [...value] } : value)),
        );
        await once(starter.stdout, "data");
        expect(await traces()).toHaveLength(2);
        if (leash) starter.kill("SIGKILL");
        await gone;
        if (leash) await until(async () => (await traces()).length === 0);
        else {
          await delay(1_000);
          expect(stateOf(await runtime.read(project), "app")?.status).toBe("running");
        }
      });

      test("a stack whose guard was killed too is a leftover for the next start", async () => {
        const spec = stackOf(project, [lab.service("app", FOREVER)]);
        const handle = await runtime.start(spec, { leash: true });
        await handle.waitHealthy(PATIENCE);
        expect(await handle.isWatched()).toBe(true);
        const { Config } = await client.containers.inspect(`${project}-app-1`);
        process.kill(Number(Config.Labels?.["dev.seaworthy.leashed"]?.split("/")[1]), "SIGKILL");
        await until(async () => !(await handle.isWatched()));
        handle.release();
        await using again = await runtime.start(spec, { leash: true });
        await again.waitHealthy(PATIENCE);
      });

      const compose = process.env["SEAWORTHY_DOCKER_COMPOSE"] ?? "";
      // Made for Docker; what Podman makes of it is not ours to test.
      if (isDocker)
        describe.skipIf(compose === "")(
          "beside docker compose (needs SEAWORTHY_DOCKER_COMPOSE, see .ci/trixie-tools)",
          () => {
            const run = (args: readonly string[], cwd = "/"): string => {
              const env = { ...process.env, DOCKER_HOST: daemon.host };
              const { status, stdout, stderr } = spawnSync(compose, args, { cwd, env });
              expect(status, stderr.toString()).toBe(0);
              return stdout.toString();
            };

            test("it sees our stack, and removes all of it", async () => {
              const db = lab.service("db", FOREVER, { healthCheck: check(["/bin/true"]) });
              const app = lab.service("app", `echo hello; ${FOREVER}`, {
                dependsOn: [{ service: "db", condition: "healthy" }],
              });
              const handle = await runtime.start(stackOf(project, [db, app]), STAY);
              await handle.waitHealthy(PATIENCE);
              handle.release();
              const rows = run(["-p", project, "ps", "--format", "json"]).trim().split("\n");
              const seen = rows.map(
                (row) => JSON.parse(row) as { Service: string; Name: string; State: string; Health: string },
              );
              expect(
                seen
                  .map(({ Service, Name, State, Health }) => [Service, Name, State, Health].join(" "))
                  .sort(),
              ).toEqual([`app ${project}-app-1 running `, `db ${project}-db-1 running healthy`]);
              expect(run(["-p", project, "logs", "--no-color"])).toMatch(/app-1\s+\| hello/);
              run(["-p", project, "down"]);
              expect(await traces()).toEqual([]);
              expect(await runtime.read(project)).toBeUndefined();
            });

            test("we see its stack, and remove all of it", async () => {
              const folder = mkdtempSync(join(tmpdir(), "stack-compose-"));
              writeFileSync(
                join(folder, "compose.yaml"),
                `services:
  db:
    image: busybox:lab
    command: ["sh", "-c", "echo from db; ${FOREVER}"]
    stop_grace_period: 1s
    healthcheck: { test: ["CMD", "/bin/true"], interval: 300ms }
    volumes: ["data:/data"]
  app:
    image: busybox:lab
    command: ["sh", "-c", "echo from app; ${FOREVER}"]
    depends_on: { db: { condition: service_healthy } }
    deploy: { replicas: 2 }
volumes: { data: {} }
`,
              );
              run(["-p", project, "up", "--detach"], folder);
              const state = await runtime.read(project);
              expect(state?.declared).toBeUndefined();
              expect(state?.services.map(({ name, status }) => [name, status])).toEqual([
                ["app", "running"],
                ["app-2", "running"],
                ["db", "healthy"],
              ]);
              await until(async () => (await collect(runtime.logs(project, { follow: false }))).length === 3);
              expect(await collect(runtime.logs(project, { follow: false }))).toEqual(
                expect.arrayContaining(["db: from db", "app-2: from app"]) as unknown,
              );
              const spec = stackOf(project, [lab.service("app", FOREVER)]);
              await expect(runtime.start(spec, STAY)).rejects.toMatchObject({
                code: "stack/already-running",
              });
              expect(await runtime.stop(project, { volumes: [`${project}_data`] })).toBe(true);
              expect(await traces()).toEqual([]);
              expect(run(["ls", "--all", "--format", "json"])).not.toContain(`"${project}"`);
              rmSync(folder, { recursive: true });
            });
          },
        );
    },
  );
}

/** Starts a stack from the compiled packages. With a leash it stays until it is killed; without, it lets go and ends. */
const STARTER = `
let input = "";
for await (const chunk of process.stdin) input += chunk;
const { dist, host, spec, leash } = JSON.parse(input, (_, value) => Array.isArray(value?.map) ? new Map(value.map) : value);
const { connectDocker } = await import(dist + "engine/docker/connect.js");
const { createDockerEngine } = await import(dist + "engine/docker/engine.js");
const { createDockerRuntime } = await import(dist + "stack/docker/runtime.js");
const client = await connectDocker({ env: {}, host });
const runtime = createDockerRuntime({ client, engine: createDockerEngine({ client }) });
const handle = await runtime.start(spec, { leash });
await handle.waitHealthy();
if (!leash) handle.release();
console.log("up");
if (leash) setInterval(() => undefined, 1000);
`;
