/**
 * The report's chapters C1 to C3 on a real Docker Engine, this time true: the example's own Compose file and Dockerfile,
 * with the assembled PostgreSQL and Redis loaded under the tags that the file names.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Sandbox, sandbox } from "../e2e/cli.ts";
import { importNodeSlim } from "./base-image.ts";
import { type Docker, hasCompose, hasDockerd, startDockerd } from "./dockerd.ts";

const canRun = isRoot() && hasDockerd() && hasCompose();
const SERVICES = { app: "myapp", db: "mydb", redis: "myredis" } as const;

interface Inspected {
  readonly Config: { readonly User: string; readonly Healthcheck: { readonly Test: readonly string[] } };
  readonly State: { readonly Health: { readonly Status: string } };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly SecurityOpt: readonly string[];
    readonly CapDrop: readonly string[];
    readonly PidsLimit: number;
    readonly Memory: number;
  };
}

describe.skipIf(!canRun)("on a real Docker Engine (needs root, dockerd and docker compose)", () => {
  let engine: Docker;
  let example: Sandbox;
  /** What Compose built. */
  let composed: string;
  const compose = (...args: string[]): string =>
    engine.docker(["compose", "--file", "compose.yaml", "--file", "build-network.yaml", ...args], {
      cwd: example.project,
    });
  const inspect = (container: string): Inspected =>
    (JSON.parse(engine.docker(["inspect", container])) as [Inspected])[0];

  beforeAll(async () => {
    engine = await startDockerd();
    example = await sandbox();
    for (const service of ["db", "redis", "app"]) {
      const archive = join(engine.directory, `${service}.tar`);
      const { code, stderr } = await example.seaworthy([
        "build",
        "--service",
        service,
        "-o",
        `docker-archive:${archive}`,
      ]);
      expect(code, stderr).toBe(0);
      engine.docker(["load", "--input", archive]);
    }
    engine.docker(["tag", "myapp:prod", "myapp:assembled"]);
    importNodeSlim(engine);
    // A build in a container reaches the registry only through the host's network.
    writeFileSync(
      join(example.project, "build-network.yaml"),
      "services: { app: { build: { network: host } } }\n",
    );
    // What `seaworthy up` would make on the first run; plain Docker has the example's script.
    engine.run("node", ["scripts/secrets.mjs"], example.project);
    compose("up", "--detach", "--build");
    await untilHealthy();
    composed = engine.docker(["image", "inspect", "--format", "{{.Id}}", "myapp:prod"]).trim();
  }, 300_000);

  afterAll(async () => {
    if (engine === undefined) return;
    compose("down", "--volumes");
    await example[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  }, 120_000);

  async function untilHealthy(): Promise<void> {
    const states = (): string[] => Object.values(SERVICES).map((name) => inspect(name).State.Health.Status);
    for (let tries = 0; states().some((state) => state !== "healthy"); tries += 1) {
      if (tries === 60) throw new Error(`${states().join(", ")}\n${compose("logs", "--tail", "20")}`);
      await sleep(1000);
    }
  }

  test("C1: the hand-written Dockerfile makes an image without a development dependency", () => {
    const modules = engine.docker([
      "run",
      "--rm",
      "--network",
      "none",
      "--entrypoint",
      "ls",
      "myapp:prod",
      "node_modules",
    ]);
    expect(modules).toContain("fastify");
    expect(modules).not.toContain("typescript");
  });

  test("C1: asked to, Seaworthy lets the engine's BuildKit build the same Dockerfile", async () => {
    const files = ["--file", "compose.yaml", "--file", "build-network.yaml"];
    const { code, stdout, stderr } = await example.seaworthy(
      ["build", "--service", "app", "--dockerfile", ...files],
      { env: { SEAWORTHY_ENGINE: "docker", DOCKER_HOST: engine.host } },
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/myapp:prod built from its Dockerfile/);
    const made = (image: string): string =>
      engine.docker(["image", "inspect", "--format", "{{json .RootFS}}", image]);
    // The steps were made before, by Compose: the same layers come of them.
    expect(made("myapp:prod")).toBe(made(composed));
  }, 120_000);

  test("C1: the image that was assembled without Docker loads, and is smaller", () => {
    const size = (image: string): number =>
      Number(engine.docker(["inspect", "--format", "{{.Size}}", image]));
    expect(size("myapp:assembled")).toBeLessThan(150_000_000);
    expect(size("myapp:assembled")).toBeLessThan(size("myapp:prod"));
  });

  test.each(Object.entries(SERVICES))("C2: %s runs as declared", (_, container) => {
    const { Config, HostConfig } = inspect(container);
    expect(Config.User).toMatch(/^\d{3,}:\d{3,}$/);
    expect(Config.Healthcheck.Test[0]).toBe("CMD");
    expect(HostConfig.ReadonlyRootfs).toBe(true);
    expect(HostConfig.CapDrop).toEqual(["ALL"]);
    expect(HostConfig.SecurityOpt).toContain("no-new-privileges:true");
    expect(HostConfig.SecurityOpt.join()).not.toContain("seccomp=unconfined");
    expect(HostConfig.PidsLimit).toBeGreaterThan(0);
    expect(HostConfig.Memory).toBeGreaterThan(0);
  });

  test("C2: seccomp is not asked for but on", () => {
    const status = engine.docker([
      "exec",
      SERVICES.app,
      "node",
      "-p",
      "fs.readFileSync('/proc/self/status', 'utf8')",
    ]);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^CapBnd:\s+0+$/m);
  });

  test("C3: all three are healthy, and the service answers", async () => {
    expect(Object.values(SERVICES).map((name) => inspect(name).State.Health.Status)).toEqual([
      "healthy",
      "healthy",
      "healthy",
    ]);
    const health = await fetch(`http://127.0.0.1:${example.port}/health`);
    expect(await health.text()).toBe('{"status":"ok"}');
    expect((await fetch(`http://127.0.0.1:${example.port}/ready`)).status).toBe(200);
  });

  test("C3: the assembled image takes the place of the built one", async () => {
    engine.docker(["tag", "myapp:assembled", "myapp:prod"]);
    compose("up", "--detach", "--no-build", "--force-recreate", "app");
    await untilHealthy();
    expect(await (await fetch(`http://127.0.0.1:${example.port}/health`)).text()).toBe('{"status":"ok"}');
  }, 120_000);
});
