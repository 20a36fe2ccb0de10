/** A Docker Engine of the suite's own: started by hand in a scratch folder, with its own socket, and ended with it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Docker extends AsyncDisposable {
  /** `unix:///tmp/.../docker.sock`. */
  readonly host: string;
  readonly directory: string;
  /** Runs `docker ARGS` against this engine and gives its standard output; throws with its error output. */
  docker(args: readonly string[], options?: { readonly input?: Uint8Array; readonly cwd?: string }): string;
  /** Runs any other program the same way. */
  run(program: string, args: readonly string[], cwd: string): void;
}

/** The plugin, which is a package of its own. */
export function hasCompose(): boolean {
  return spawnSync("docker", ["compose", "version"]).status === 0;
}

export function hasDockerd(): boolean {
  return spawnSync("dockerd", ["--version"]).status === 0;
}

export async function startDockerd(): Promise<Docker> {
  const directory = mkdtempSync(join(tmpdir(), "dockerd-"));
  const socket = `unix://${join(directory, "docker.sock")}`;
  const log = openSync(join(directory, "dockerd.log"), "w");
  const daemon = spawn(
    "dockerd",
    [
      ...["--data-root", join(directory, "data"), "--exec-root", join(directory, "exec")],
      ...["--pidfile", join(directory, "dockerd.pid"), "--host", socket],
    ],
    { stdio: ["ignore", log, log] },
  );
  const docker: Docker["docker"] = (args, options = {}) => {
    const { status, stdout, stderr } = spawnSync("docker", args, {
      env: { ...process.env, DOCKER_HOST: socket, DOCKER_BUILDKIT: "1" },
      maxBuffer: 256 * 1024 * 1024,
      ...options,
    });
    if (status !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr.toString()}${stdout.toString()}`);
    return stdout.toString();
  };
  for (let tries = 0; ; tries += 1) {
    try {
      docker(["version"]);
      break;
    } catch (error) {
      if (tries === 60 || daemon.exitCode !== null) {
        await stop(daemon);
        throw new Error(
          `dockerd did not answer: ${readFileSync(join(directory, "dockerd.log"), "utf8").slice(-4000)}`,
          {
            cause: error,
          },
        );
      }
      await sleep(500);
    }
  }
  return {
    host: socket,
    directory,
    docker,
    run(program, args, cwd) {
      const { status, stderr } = spawnSync(program, args, { cwd });
      if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr.toString()}`);
    },
    async [Symbol.asyncDispose]() {
      await stop(daemon);
      unmountBelow(directory);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** dockerd leaves its default network namespace mounted. */
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
  await Promise.race([ended, sleep(20_000)]);
  daemon.kill("SIGKILL");
}
