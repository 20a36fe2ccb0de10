/** An engine that is killed while a stack comes up: whoever waits is told so, and once it is back everything can be removed. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { connectDocker, findDocker } from "../../packages/seaworthy/src/engine/docker/connect.ts";
import { createDockerEngine } from "../../packages/seaworthy/src/engine/docker/engine.ts";
import { createDockerRuntime } from "../../packages/seaworthy/src/stack/docker/runtime.ts";
import { DAEMONS } from "./daemons.ts";
import { createStackLab, FOREVER, stackOf, withoutBusybox } from "./stack-lab.ts";

const reason = DAEMONS[0]?.missing() ?? withoutBusybox();

/** On the same data as the one before. */
async function startDockerd(directory: string, host: string): Promise<ChildProcess> {
  const folders = ["--data-root", join(directory, "data"), "--exec-root", join(directory, "exec")];
  const pidfile = join(directory, "pid");
  rmSync(pidfile, { force: true });
  const off = ["--bridge=none", "--iptables=false", "--ip-masq=false"];
  const daemon = spawn("dockerd", [...folders, "--pidfile", pidfile, "--host", host, ...off], {
    stdio: "ignore",
  });
  for (let tries = 0; tries < 150; tries += 1) {
    const { client } = await findDocker({ env: {}, host });
    client?.[Symbol.dispose]();
    if (client !== undefined) return daemon;
    await delay(200);
  }
  daemon.kill("SIGKILL");
  throw new Error("dockerd did not answer");
}

/** With the containerd that a killed dockerd leaves. */
async function end(daemon: ChildProcess, directory: string): Promise<void> {
  const ended = once(daemon, "exit");
  daemon.kill("SIGTERM");
  await ended;
  const points = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((point) => point.startsWith(`${directory}/`));
  for (const point of points.reverse()) spawnSync("umount", ["--lazy", point]);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

test.skipIf(reason !== undefined)(
  `an engine is killed while a stack comes up${reason === undefined ? "" : ` (skipped: ${reason})`}`,
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "engine-killed-"));
    const host = `unix://${join(directory, "engine.sock")}`;
    let daemon = await startDockerd(directory, host);
    try {
      using client = await connectDocker({ env: {}, host });
      const runtime = createDockerRuntime({ client, engine: createDockerEngine({ client }) });
      const lab = await createStackLab(client);
      const never = {
        argv: ["/bin/false"],
        interval: 60_000,
        timeout: 1_000,
        startPeriod: 0,
        startInterval: 60_000,
        retries: 3,
      };
      const db = lab.service("db", FOREVER, { healthCheck: never });
      const app = lab.service("app", FOREVER, { dependsOn: [{ service: "db", condition: "healthy" }] });
      const spec = stackOf("killed", [db, app]);
      const handle = await runtime.start(spec, { leash: false });
      const waiting = expect(handle.waitHealthy({ timeout: 60_000 })).rejects.toMatchObject({
        code: "stack/engine-gone",
        exit: 2,
        message: expect.stringContaining(host) as unknown,
      });
      while (handle.state().services[0]?.status !== "starting") await delay(50);
      const killed = once(daemon, "exit");
      daemon.kill("SIGKILL");
      await killed;
      await waiting;
      expect(await handle.isWatched()).toBe(false);
      await expect(runtime.stop("killed", {})).rejects.toMatchObject({ code: "docker/unreachable" });
      await expect(runtime.start(spec, { leash: false })).rejects.toMatchObject({
        code: "docker/unreachable",
      });
      daemon = await startDockerd(directory, host);
      expect(await client.containers.list({ all: true })).toHaveLength(2);
      expect(await runtime.stop("killed", {})).toBe(true);
      expect(await client.containers.list({ all: true })).toEqual([]);
      expect((await client.networks.list()).map(({ Name }) => Name)).not.toContain("killed_default");
      expect(await runtime.stop("killed", {})).toBe(false);
    } finally {
      await end(daemon, directory);
    }
  },
  120_000,
);
