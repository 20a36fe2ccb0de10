import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Finding, ReportReach } from "@seaworthy/evidence";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Container, HealthCheck } from "../../engine/container.ts";
import { createLab, hardened, type Lab, traces, whyNotHere } from "../../engine/runc/busybox.fixture.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { freeLoopbackPort } from "../../net/free-port.ts";
import { processesOf, startedWith } from "../../stack/processes.ts";
import { createRuncRuntime } from "../../stack/runc/runtime.ts";
import type { StackRuntime } from "../../stack/stack-runtime.ts";
import type { StackSpec } from "../../stack/stack-spec.ts";
import type { StackState } from "../../stack/state.ts";
import { doubleName } from "./double-stack.ts";
import { proveStack } from "./prove-stack.ts";
import type { Role } from "./scene.ts";

const reason = whyNotHere();
const here = reason === undefined ? describe : describe.skip;
const REPOSITORY = fileURLToPath(new URL("../../../../..", import.meta.url));

/** Two runs on one machine do not find each other's traces. */
const TWINS = `twins-${process.pid}`;

/** A shell as the first process reaps nothing while it waits for a child in the foreground: hence the ampersand. */
const server = (command: string): string => `trap 'kill $!; exit 0' TERM; ${command} & wait`;
const tmp = { kind: "tmpfs", target: "/tmp", size: 65536, mode: 0o1777, exec: false } as const;
const check = (script: string): HealthCheck => ({
  argv: ["/bin/sh", "-c", script],
  ...{ interval: 100, timeout: 2_000, startPeriod: 0, startInterval: 100, retries: 3 },
});

/** All that a proof could leave behind in the live containers: processes, mounts, and files that can be written. */
async function traceable(
  { services }: StackState,
  names: readonly string[],
): Promise<readonly { readonly name: string; readonly processes: readonly string[] }[]> {
  const running = services.flatMap(({ name, pid }) =>
    pid === undefined || !names.includes(name) ? [] : [{ name, pid }],
  );
  return await Promise.all(
    running.map(async ({ name, pid }) => {
      const lines = await Promise.all((await processesOf(pid)).map(startedWith));
      const folders = ["", "tmp", "dev", "dev/shm", "home", "data"];
      return {
        name,
        // Health checks come and go.
        processes: lines
          .flatMap((one) => one?.commandLine ?? [])
          .filter((line) => /sleep|httpd|nc -ll|trap/.test(line) && !/wget|runc/.test(line))
          .toSorted(),
        mounts: readFileSync(`/proc/${pid}/mountinfo`, "utf8"),
        files: folders.map((folder) => {
          const path = `/proc/${pid}/root/${folder}`;
          return existsSync(path) ? readdirSync(path).toSorted() : undefined;
        }),
      };
    }),
  );
}

here(`proving a stack${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let lab: Lab;
  let runtime: StackRuntime;
  let port = 0;
  let work = "";

  beforeAll(() => {
    // The supervisor is a program: it runs compiled. A type error elsewhere does not keep it from being written.
    spawnSync("npx", ["tsc", "-b", "packages/seaworthy/tsconfig.build.json"], { cwd: REPOSITORY });
  });
  beforeEach(async () => {
    lab = createLab(`prove-stack-${process.pid}`);
    runtime = createRuncRuntime({
      ...lab.options,
      runc: () => Promise.resolve(lab.options.runc),
      init: lab.options.init,
      volumeRoot: join(lab.folder, "volumes"),
      engineProject: TWINS,
    });
    port = await freeLoopbackPort();
    work = join(lab.folder, "work");
    mkdirSync(work);
  });
  afterEach(async () => {
    await runtime.stop(lab.options.project, {});
    for (const project of [lab.options.project, doubleName(lab.options.project), TWINS])
      expect(traces(lab, project)).toEqual([]);
    expect(readdirSync(work)).toEqual([]);
    lab[Symbol.dispose]();
  });

  function service(
    name: string,
    script: string,
    changes: Partial<StackService> = {},
    container: Partial<Container> = {},
  ): StackService {
    return {
      // Who ends at all ends at once; a busy machine may take a while to say so.
      container: hardened(lab.image, script, { name, mounts: [tmp], stopGrace: 10_000, ...container }),
      ...{
        ports: [],
        healthCheck: undefined,
        restart: { policy: "no" },
        dependsOn: [],
        networks: [],
        ...changes,
      },
    };
  }

  const volume = (): Container["mounts"][number] => ({
    ...{
      kind: "volume",
      name: "files",
      source: join(lab.folder, "volume"),
      target: "/data",
      readOnly: false,
    },
  });

  const stackOf = (services: readonly StackService[]): StackSpec => ({
    ...{ project: lab.options.project, files: [], services },
    ...{ networks: new Map(), volumes: new Map() },
  });

  /** It has a check, so that nobody waits for it to listen. */
  const sleeper = (
    name: string,
    changes: Partial<StackService> = {},
    container: Partial<Container> = {},
  ): StackService => service(name, server("sleep 60"), { healthCheck: check("true"), ...changes }, container);

  const inNetworks = (...networks: readonly string[]): Partial<StackService> => ({
    networks: networks.map((network) => ({ network, aliases: [] })),
  });

  async function prove(
    services: readonly StackService[],
    role?: (service: string) => Role,
  ): Promise<ReadonlyMap<string, Finding>> {
    return (await proved(services, role === undefined ? {} : { role })).findings;
  }

  interface ProvedHow {
    readonly role?: (service: string) => Role;
    /** An engine that does something else than it is told. */
    readonly asStarted?: (spec: StackSpec) => StackSpec;
  }

  async function proved(
    services: readonly StackService[],
    { role = () => "app", asStarted = (spec) => spec }: ProvedHow = {},
  ): Promise<{
    readonly findings: ReadonlyMap<string, Finding>;
    readonly reach: readonly ReportReach[];
  }> {
    const spec = stackOf(services);
    await using stack = await runtime.start(asStarted(spec), { leash: true });
    await stack.waitHealthy({ timeout: 10_000 }).catch(() => undefined);
    const seen: Finding[] = [];
    const steady = services
      .filter(({ restart }) => restart.policy === "no")
      .map(({ container }) => container.name);
    // A shell that has begun may not have started its server yet, and that would pass for the prover's trace.
    const forks = (name: string): boolean =>
      services.some(
        ({ container }) => container.name === name && container.argv.join(" ").includes(" & wait"),
      );
    await expect
      .poll(
        async () =>
          (await traceable(stack.state(), steady)).filter(
            ({ name, processes }) => forks(name) && processes.length < 2,
          ),
        { timeout: 10_000, message: "what the services start is there" },
      )
      .toEqual([]);
    const before = await traceable(stack.state(), steady);
    const { findings, reach } = await proveStack({
      spec,
      state: stack.state(),
      runtime,
      role,
      source: (name, key) => ({ file: "compose.yaml", line: 7, key: `services.${name}.${key}` }),
      workDirectory: work,
      onFinding: (finding) => seen.push(finding),
    });
    expect(findings).toEqual(seen);
    // A process that answered the prover's last connection ends by itself, in a while.
    await expect
      .poll(() => traceable(stack.state(), steady), {
        timeout: 10_000,
        message: "live containers are as they were",
      })
      .toEqual(before);
    return { findings: new Map(findings.map((finding) => [finding.id, finding])), reach };
  }

  const verdicts = (findings: ReadonlyMap<string, Finding>): Readonly<Record<string, string>> =>
    Object.fromEntries([...findings].map(([id, { verdict }]) => [id, verdict]));

  /** What is looked at in every live process. */
  const each = (service: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [
        ...["non-root", "no-new-privileges", "capabilities", "seccomp"].map((id) => `${id}.every-process`),
        ...["declared-listeners", "no-secrets-in-environment", "read-only-root.live-mounts", "no-zombies"],
      ].map((id) => [`${id}/${service}`, "held"]),
    );

  const HTTP = "echo answer > /tmp/index.html; ";
  const HTTPD = server("httpd -f -p 8000 -h /tmp");

  test("a stack as it should be: every claim is refused in it and breached in its twin", async () => {
    const app = service(
      "app",
      HTTP + HTTPD,
      {
        ports: [{ address: "127.0.0.1", published: port, target: 8000 }],
        healthCheck: check("wget -q -O- http://127.0.0.1:8000/"),
        dependsOn: [{ service: "cache", condition: "healthy" }],
      },
      { mounts: [tmp, volume()] },
    );
    const cache = service("cache", server("nc -ll -p 6379 -e /bin/echo +PONG"), {
      expose: ["6379"],
      healthCheck: check("nc -w 1 127.0.0.1 6379 < /dev/null"),
    });
    const findings = await prove([app, cache], (name) => (name === "cache" ? "redis" : "app"));
    expect(verdicts(findings)).toEqual({
      ...each("app"),
      ...each("cache"),
      "published-ports/app": "held",
      "healthy/app": "held",
      "healthy.hung/app": "held",
      "stops-on-signal/app": "held",
      "data-survives-restart/app": "held",
      "published-ports/cache": "held",
      "datastore-unreachable/cache": "held",
      // Nobody in this image speaks to Redis: what was not asked is not known.
      "store-password/cache": "unproven",
      "store-rights/cache": "unproven",
      "healthy/cache": "held",
      "healthy.hung/cache": "held",
      "stops-on-signal/cache": "held",
      "data-survives-restart/cache": "absent",
    });
    for (const { verdict, hardened: live, twin, loosened } of findings.values()) {
      if (verdict !== "held") continue;
      expect([live?.outcome, twin?.outcome]).toEqual(["refused", "breached"]);
      expect(loosened?.en).toBeTruthy();
    }
    expect(readdirSync(join(lab.folder, "volume")), "the live data were not touched").toEqual(["seed"]);
  });

  describe("services on different networks", () => {
    const services = (): readonly StackService[] => [
      service("proxy", HTTP + HTTPD, inNetworks("front")),
      sleeper("app", inNetworks("front", "back")),
      service("db", server("nc -ll -p 5432 -e /bin/printf N"), inNetworks("back")),
    ];

    test("are out of each other's reach, and not in the twin; who gets through to whom is measured", async () => {
      const { findings, reach } = await proved(services());
      expect(verdicts(findings)).toMatchObject({
        "separate-networks/proxy": "held",
        "separate-networks/db": "held",
      });
      expect(findings.get("separate-networks/app"), "everybody shares a network with it").toBeUndefined();
      expect(findings.get("separate-networks/db")).toMatchObject({
        hardened: { summary: { en: "out of reach of proxy" } },
        twin: { summary: { en: /^proxy got through to [\d.]+:5432$/ } },
        loosened: { en: "proxy in the network of db" },
      });
      const cells = reach.map(({ from = "machine", to, declared, tried }) => [
        `${from} > ${to}`,
        declared,
        [...new Set(tried.map(({ port: number, saw }) => `${number} ${saw}`))],
      ]);
      // The machine reaches none of them where it would look for a service: nothing is published.
      expect(cells).toEqual([
        ["proxy > app", true, []],
        ["proxy > db", false, [expect.stringMatching(/^5432 (?!connected)/)]],
        ["app > proxy", true, ["8000 connected"]],
        ["app > db", true, ["5432 connected"]],
        ["db > proxy", false, [expect.stringMatching(/^8000 (?!connected)/)]],
        ["db > app", true, []],
        ["machine > proxy", false, ["8000 ECONNREFUSED"]],
        ["machine > app", false, []],
        ["machine > db", false, ["5432 ECONNREFUSED"]],
      ]);
    });

    test("of an engine that puts all into one are a breach", async () => {
      const flat = (spec: StackSpec): StackSpec => ({
        ...spec,
        services: spec.services.map((one) => ({ ...one, ...inNetworks("default") })),
      });
      const { findings } = await proved(services(), { asStarted: flat });
      expect(findings.get("separate-networks/db")).toMatchObject({
        verdict: "breached",
        hardened: { summary: { en: /^proxy got through to [\d.]+:5432$/ } },
        source: { key: "services.db.networks" },
      });
      expect(findings.get("separate-networks/proxy")).toMatchObject({ verdict: "breached" });
    });
  });

  test("each sabotage is a breach, with what was seen and where it is declared", async () => {
    const app = service(
      "app",
      `${HTTP}trap '' TERM; httpd -f -p 8000 -h /tmp & wait`,
      { healthCheck: check("curl -f http://127.0.0.1:8000/") },
      { stopGrace: 300 },
    );
    const db = service("db", server("nc -ll -p 5432 -e /bin/printf N"), {
      ports: [{ address: "0.0.0.0", published: port, target: 5432 }],
    });
    const quits = service("quits", `trap 'exit 3' TERM; sleep 60 & wait`, {
      healthCheck: check("true"),
    });
    const ignores = service("ignores", `trap '' TERM; sleep 60 & wait; wait`, {}, { stopGrace: 300 });
    const findings = await prove([app, db, quits, ignores], (name) => (name === "db" ? "postgres" : "app"));
    expect(findings.get("healthy/app")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: /^unhealthy: exit 127: .*curl/ } },
    });
    expect(findings.get("published-ports/app"), "its port needs no health").toMatchObject({
      verdict: "held",
    });
    // Its double is as unhealthy as it is.
    expect(findings.get("stops-on-signal/app")).toMatchObject({ verdict: "unproven" });
    expect(findings.get("datastore-unreachable/db")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: `reached PostgreSQL at 127.0.0.1:${port}, which takes logins` } },
      source: { line: 7, key: "services.db.ports" },
    });
    expect(findings.get("published-ports/db")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: `answers at 0.0.0.0:${port}: open to other machines` } },
    });
    expect(findings.get("declared-listeners/app")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: "listens at [::]:8000/tcp, undeclared" } },
      source: { key: "services.app.expose" },
    });
    expect(findings.get("declared-listeners/db")).toMatchObject({ verdict: "held" });
    expect(findings.get("declared-listeners/quits")).toMatchObject({
      verdict: "held",
      hardened: { summary: { en: "it listens nowhere" } },
      twin: { summary: { en: "listens at 0.0.0.0:32767/tcp, 0.0.0.0:32767/udp, undeclared" } },
    });
    expect(findings.get("healthy/db")).toMatchObject({ verdict: "breached" });
    // No psql in this image: nothing could be stored, which is not a pass.
    expect(findings.get("data-survives-restart/db")).toMatchObject({ verdict: "unproven" });
    expect(findings.get("stops-on-signal/quits")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: "ended with exit code 3" } },
    });
    expect(findings.get("healthy/quits"), "a check that cannot fail").toMatchObject({
      verdict: "unproven",
      twin: { outcome: "refused" },
    });
    expect(findings.get("stops-on-signal/ignores")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: "still there after 0.3 s" } },
    });
  });

  test("a worker with other rights than the first process, and a password in the environment", async () => {
    const root = { user: { uid: 0, gid: 0, groups: [] }, capabilities: ["SETUID", "SETGID"] };
    // The first process is nobody's but root's: its worker gives everything up.
    const script = "su -s /bin/sh nobody -c 'sleep 61' & " + server("sleep 60");
    const app = service(
      "app",
      script,
      { healthCheck: check("true") },
      {
        ...root,
        env: new Map([
          ["PATH", "/bin"],
          ["DB_PASSWORD", "correct-horse"],
        ]),
      },
    );
    const findings = await prove([app]);
    expect(findings.get("non-root.every-process/app")).toMatchObject({ verdict: "breached" });
    expect(findings.get("capabilities.every-process/app")).toMatchObject({ verdict: "breached" });
    expect(findings.get("seccomp.every-process/app")).toMatchObject({ verdict: "held" });
    expect(findings.get("no-secrets-in-environment/app")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: /^read DB_PASSWORD of \/proc\/PID\/environ: sha256 [0-9a-f]{12}$/ } },
    });
    expect(JSON.stringify([...findings.values()])).not.toContain("correct-horse");
  });

  test("services that will not be looked at: each gets a verdict, none a pass, and the proof comes to an end", async () => {
    const mortal = service("mortal", "sleep 0.2; exit 1", { restart: { policy: "always" } });
    const murderous = service(
      "murderous",
      `trap '' TERM; (sleep 0.3; kill -9 -1) & ${server("sleep 60")}`,
      { healthCheck: check("kill -9 1; false"), restart: { policy: "always" } },
      { stopGrace: 300 },
    );
    const noisy = service(
      "noisy",
      `${server("sleep 60")} & yes "$(printf '\\377\\000')"`,
      {},
      { stopGrace: 300 },
    );
    const findings = await prove([mortal, murderous, noisy]);
    for (const name of ["mortal", "murderous"]) {
      expect(findings.get(`stops-on-signal/${name}`)?.verdict).not.toBe("held");
      expect(findings.get(`healthy/${name}`)?.verdict).not.toBe("held");
    }
    expect(findings.get("stops-on-signal/noisy")?.verdict).not.toBe("held");
    for (const finding of findings.values()) expect(finding.verdict, finding.id).toBeTruthy();
  });

  test("what an engine mounts on its own account is found in the live container", async () => {
    const asStarted = (spec: StackSpec): StackSpec => ({
      ...spec,
      services: spec.services.map((one) => ({
        ...one,
        container: {
          ...one.container,
          mounts: [...one.container.mounts, { ...tmp, target: "/home" }],
        },
      })),
    });
    const { findings } = await proved([sleeper("app")], { asStarted });
    expect(findings.get("read-only-root.live-mounts/app")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: "mounted to be written to: /home" } },
    });
  });

  test("a data store on the host's network is reached there, and its double is not put there", async () => {
    const db = service("db", server(`nc -ll -p ${port} -e /bin/printf N`), {}, { network: "host" });
    const findings = await prove([db], () => "postgres");
    expect(findings.get("datastore-unreachable/db")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: `reached PostgreSQL at 127.0.0.1:${port}, which takes logins` } },
    });
    expect(findings.get("published-ports/db")).toMatchObject({ verdict: "breached" });
    expect(findings.get("stops-on-signal/db")).toMatchObject({ verdict: "held" });
  });

  test("a check that only connects passes when the service hangs, and one that waits for an answer does not", async () => {
    const asks = service("asks", HTTP + HTTPD, { healthCheck: check("wget -q -O- http://127.0.0.1:8000/") });
    const connects = service("connects", HTTP + HTTPD, {
      healthCheck: check("nc 127.0.0.1 8000 -e /bin/true"),
    });
    const findings = await prove([asks, connects]);
    expect(findings.get("healthy.hung/asks")).toMatchObject({
      verdict: "held",
      hardened: { steps: [{ saw: "stopped" }, { saw: /^no answer in \d+ ms$/ }] },
      twin: { summary: { en: "the check passes" } },
      loosened: { en: "the service goes on" },
    });
    expect(findings.get("healthy.hung/connects")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: "the check passes while the service hangs" } },
    });
    expect(findings.get("healthy/connects"), "it fails only where nothing listens").toMatchObject({
      verdict: "held",
    });
    expect(findings.get("stops-on-signal/asks"), "it goes on afterwards").toMatchObject({ verdict: "held" });
  });

  test("a job that others wait for runs once in the double too, and is no server", async () => {
    const job = service("job", "exit 0");
    const app = sleeper("app", { dependsOn: [{ service: "job", condition: "completed" }] });
    expect(verdicts(await prove([job, app]))).toMatchObject({
      "healthy/job": "absent",
      "stops-on-signal/job": "absent",
      "stops-on-signal/app": "held",
    });
  });

  test("orphans stay with a first process that waits for nobody, and not behind an init", async () => {
    const deaf = { argv: ["/bin/sleep", "60"] };
    const healthCheck = check("true");
    const findings = await prove([
      service("bare", "", { healthCheck }, deaf),
      service("behind", "", { healthCheck }, { ...deaf, extras: { init: true } }),
      service("shared", "", { healthCheck }, { ...deaf, pid: "host" }),
      service("mortal", "sleep 0.2; exit 1", { restart: { policy: "always" } }),
    ]);
    expect(findings.get("no-zombies/bare")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: "3 of 3 were zombies after 3 s" } },
      source: { key: "services.bare.init" },
    });
    expect(findings.get("no-zombies/behind")).toMatchObject({
      verdict: "held",
      hardened: { summary: { en: /^all 3 were gone after \d+ ms$/ } },
      twin: { summary: { en: /^3 of 3 were zombies after/ } },
    });
    expect(findings.get("no-zombies/shared")?.verdict).toBe("absent");
    expect(findings.get("no-zombies/mortal")?.verdict).toBe("unproven");
    // The service ends with the signal that the init passes on to it: it said nothing of it.
    expect(findings.get("stops-on-signal/behind")).toMatchObject({
      verdict: "breached",
      hardened: { summary: { en: "ended with SIGTERM" } },
    });
  });

  test("a service behind an init is stopped, looked at and reached as before", async () => {
    const app = service(
      "app",
      HTTP + HTTPD,
      { ports: [{ address: "127.0.0.1", published: port, target: 8000 }] },
      { extras: { init: true } },
    );
    expect(verdicts(await prove([app]))).toEqual({
      ...each("app"),
      "published-ports/app": "held",
      "healthy/app": "breached",
      "stops-on-signal/app": "held",
    });
  });

  test("a folder of the host that the live stack writes to is not the double's", async () => {
    const source = join(lab.folder, "uploads");
    mkdirSync(source, { mode: 0o777 });
    const bind = { kind: "bind", source, target: "/home", readOnly: false } as const;
    // Each container that starts would leave a file of its own.
    const app = sleeper(
      "app",
      {},
      {
        mounts: [tmp, bind],
        argv: [
          "/bin/sh",
          "-c",
          `: > /home/started-$(hostname)-$(cat /proc/sys/kernel/random/uuid); ${server("sleep 60")}`,
        ],
        user: { uid: 0, gid: 0, groups: [] },
        capabilities: ["DAC_OVERRIDE"],
      },
    );
    expect(verdicts(await prove([app]))).toMatchObject({ "data-survives-restart/app": "held" });
    expect(readdirSync(source)).toHaveLength(1);
  });

  test("aborted, it ends the double and leaves the live stack up", async () => {
    const spec = stackOf([sleeper("app"), sleeper("other")]);
    await using stack = await runtime.start(spec, { leash: true });
    await stack.waitHealthy({ timeout: 10_000 });
    const abort = new AbortController();
    const proving = proveStack({
      spec,
      state: stack.state(),
      ...{ runtime, signal: abort.signal },
      role: () => "app",
      source: () => undefined,
      workDirectory: work,
      onFinding: () => abort.abort(new Error("enough")),
    });
    await expect(proving).rejects.toThrow("enough");
    expect(await runtime.read(doubleName(spec.project))).toBeUndefined();
    expect(stack.state().services.map(({ status }) => status)).toEqual(["healthy", "healthy"]);
  });
});
