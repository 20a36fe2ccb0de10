/** Engines of a suite's own that speak the Docker API: each with its own data and socket in a scratch folder, ended with it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findDocker } from "../../packages/seaworthy/src/engine/docker/connect.ts";

export interface Daemon extends AsyncDisposable {
  /** `unix:///tmp/.../docker.sock`. */
  readonly host: string;
  readonly directory: string;
}

export interface DaemonKind {
  readonly name: string;
  /** Why it cannot be had here; `undefined` when it can. */
  missing(): string | undefined;
  /** @param networks whether containers get networks with a way out, for which the daemon sets up a bridge and firewall rules */
  start(networks?: boolean): Promise<Daemon>;
}

const DOCKERD_26 = process.env["SEAWORTHY_DOCKERD_26"] ?? "";

export const DAEMONS: readonly DaemonKind[] = [
  {
    name: "Docker of this machine",
    missing: () => notRoot() ?? without("dockerd", "apt-get install docker.io"),
    start: (networks) =>
      withFirewall(() => startDaemon((directory) => dockerd(directory, networks ?? false), {})),
  },
  {
    name: "Docker 26",
    missing: () =>
      notRoot() ??
      (existsSync(join(DOCKERD_26, "usr/sbin/dockerd"))
        ? undefined
        : "needs SEAWORTHY_DOCKERD_26, see .ci/docker-26"),
    start: (networks) =>
      withFirewall(() =>
        startDaemon((directory) => dockerd(directory, networks ?? false), {
          PATH: `${join(DOCKERD_26, "usr/sbin")}:${join(DOCKERD_26, "usr/bin")}:${process.env["PATH"]}`,
        }),
      ),
  },
  {
    name: "Podman",
    missing: () =>
      notRoot() ??
      without("podman", "apt-get install podman conmon runc netavark aardvark-dns") ??
      without("catatonit", "apt-get install catatonit"),
    start: async () => besideDocker(await startDaemon(podman, {})),
  },
];

const DOCKERD_28 = process.env["SEAWORTHY_DOCKERD_28"] ?? "";
const PATH_28 = `${join(DOCKERD_28, "usr/sbin")}:${join(DOCKERD_28, "usr/bin")}:${process.env["PATH"]}`;

/** For its builder alone, which has checks of its own. */
export const DOCKER_28: DaemonKind = {
  name: "Docker 28",
  missing: () =>
    notRoot() ??
    (existsSync(join(DOCKERD_28, "usr/sbin/dockerd"))
      ? undefined
      : "needs SEAWORTHY_DOCKERD_28, see .ci/docker-28"),
  start: () => withFirewall(() => startDaemon((directory) => dockerd(directory, false), { PATH: PATH_28 })),
};

/** Its own client with its own buildx, and nothing of the user's configuration. */
export function dockerOf28({ host, directory }: Daemon): {
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
} {
  const plugins = join(directory, "config/cli-plugins");
  if (!existsSync(plugins)) {
    mkdirSync(plugins, { recursive: true });
    symlinkSync(
      join(DOCKERD_28, "usr/libexec/docker/cli-plugins/docker-buildx"),
      join(plugins, "docker-buildx"),
    );
  }
  return {
    program: join(DOCKERD_28, "usr/bin/docker"),
    env: { ...process.env, PATH: PATH_28, DOCKER_HOST: host, DOCKER_CONFIG: join(directory, "config") },
  };
}

/** What a machine without rules has, in the words of iptables-save: it prints no table that nobody has used. */
const NO_RULES =
  "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n" +
  "*nat\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\nCOMMIT\n";

/** A Docker Engine leaves its rules behind, and what is forwarded is dropped from then on. */
async function withFirewall(start: () => Promise<Daemon>): Promise<Daemon> {
  const families = ["iptables", "ip6tables"].map((name) => {
    const rules = spawnSync(`${name}-save`, { encoding: "utf8" }).stdout ?? "";
    return { name, input: NO_RULES + rules };
  });
  const daemon = await start();
  return {
    ...daemon,
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]();
      for (const { name, input } of families) spawnSync(`${name}-restore`, { input });
    },
  };
}

/** A Docker Engine on the same machine makes the kernel drop what it forwards, unless a rule says otherwise. */
function besideDocker(daemon: Daemon): Daemon {
  const rule = (how: "--insert" | "--delete"): void => {
    spawnSync("iptables", [how, "FORWARD", "--in-interface", "podman+", "--jump", "ACCEPT"]);
    spawnSync("iptables", [how, "FORWARD", "--out-interface", "podman+", "--jump", "ACCEPT"]);
  };
  rule("--insert");
  return {
    ...daemon,
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]();
      rule("--delete");
    },
  };
}

function notRoot(): string | undefined {
  return process.geteuid?.() === 0 ? undefined : "needs root";
}

function without(program: string, how: string): string | undefined {
  return spawnSync(program, ["--version"]).status === 0 ? undefined : `needs ${program} (${how})`;
}

interface Command {
  readonly argv: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

function dockerd(directory: string, networks: boolean): Command {
  return {
    argv: [
      "dockerd",
      ...["--data-root", join(directory, "data"), "--exec-root", join(directory, "exec")],
      ...["--pidfile", join(directory, "dockerd.pid"), "--host", socketOf(directory)],
      ...(networks ? [] : ["--bridge=none", "--iptables=false", "--ip-masq=false"]),
    ],
  };
}

/** Limits within those of the machine: some have no CAP_SYS_RESOURCE, and Podman asks for more than they have. */
function podman(directory: string): Command {
  const configuration = join(directory, "containers.conf");
  writeFileSync(configuration, '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n');
  return {
    argv: [
      "podman",
      ...["--root", join(directory, "data"), "--runroot", join(directory, "run")],
      ...["--runtime", "/usr/sbin/runc", "--cgroup-manager", "cgroupfs", "--events-backend", "file"],
      ...["system", "service", "--time=0", socketOf(directory)],
    ],
    env: { CONTAINERS_CONF: configuration },
  };
}

function socketOf(directory: string): string {
  return `unix://${join(directory, "engine.sock")}`;
}

async function startDaemon(command: (directory: string) => Command, env: NodeJS.ProcessEnv): Promise<Daemon> {
  const directory = mkdtempSync(join(tmpdir(), "engine-"));
  mkdirSync(join(directory, "run"));
  const { argv, env: own = {} } = command(directory);
  const log = join(directory, "log");
  const output = openSync(log, "w");
  const [program = "", ...args] = argv;
  const daemon = spawn(program, args, {
    // A monitor of Podman notes a kill for want of memory as a file where it was started.
    cwd: directory,
    env: { ...process.env, ...env, ...own },
    stdio: ["ignore", output, output],
  });
  const host = socketOf(directory);
  const result: Daemon = {
    host,
    directory,
    async [Symbol.asyncDispose]() {
      await removeContainers(host);
      await stop(daemon);
      killBelow(directory);
      unmountBelow(directory);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  for (let tries = 0; !(await answers(host)); tries += 1) {
    if (tries === 100 || daemon.exitCode !== null) {
      const said = readFileSync(log, "utf8").slice(-4000);
      await result[Symbol.asyncDispose]();
      throw new Error(`${program} did not answer: ${said}`);
    }
    await sleep(200);
  }
  return result;
}

async function answers(host: string): Promise<boolean> {
  const { client } = await findDocker({ env: {}, host });
  client?.[Symbol.dispose]();
  return client !== undefined;
}

async function removeContainers(host: string): Promise<void> {
  const { client } = await findDocker({ env: {}, host });
  if (client === undefined) return;
  for (const { Id } of await client.containers.list({ all: true })) {
    await client.containers.remove(Id, { force: true, volumes: true }).catch(() => undefined);
  }
  client[Symbol.dispose]();
}

/** Podman's monitors outlive it, those of an exec by five minutes. All of them name the folder, which is nobody else's. */
function killBelow(directory: string): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (Number(pid) !== process.pid && words.includes(`${directory}/`))
        process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has gone meanwhile.
    }
  }
}

/** An engine leaves its default network namespace, or its storage, mounted. */
function unmountBelow(directory: string): void {
  const points = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((point) => point.startsWith(`${directory}/`));
  for (const point of points.reverse()) spawnSync("umount", ["--lazy", point]);
}

async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  daemon.kill("SIGTERM");
  await Promise.race([ended, sleep(20_000, undefined, { ref: false })]);
  daemon.kill("SIGKILL");
}
