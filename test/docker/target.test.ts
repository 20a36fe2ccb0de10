/**
 * What somebody else made, proven as it is: a Dockerfile, images by name, running containers. On one engine: the others differ in
 * what holds, which other suites compare, and not in how a name is looked up.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "@seaworthy/evidence";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hexOf } from "../../packages/seaworthy/src/content/digest.ts";
import { createLab, whyNotHere } from "../../packages/seaworthy/src/engine/runc/busybox.fixture.ts";
import { type Result, runSeaworthy } from "../e2e/cli.ts";
import { DAEMONS, type Daemon } from "./daemons.ts";

const IMAGE = "team/busybox:1";
/** Ends when it is told to, so that nobody waits for it. */
const COMMAND = 'CMD ["/bin/sh", "-c", "trap \'exit 0\' TERM; while :; do sleep 0.1; done"]';

const kind = DAEMONS.find(({ name }) => name === "Docker 26");
const reason = kind?.missing() ?? whyNotHere();

describe.skipIf(reason !== undefined)(`targets${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let engine: Daemon;
  let folder: string;
  let proven: Readonly<Record<string, Result>>;
  let before: string;
  const docker = (args: readonly string[], input?: Uint8Array): string =>
    execFileSync("docker", args, {
      ...{ env: { ...process.env, DOCKER_HOST: engine.host, DOCKER_BUILDKIT: "0" }, encoding: "utf8" },
      ...(input === undefined ? {} : { input }),
    });
  const seaworthy = (args: readonly string[]): Promise<Result> => {
    const place = (name: string): string => join(folder, "home", name);
    const env = {
      ...{ DOCKER_HOST: engine.host, SEAWORTHY_ENGINE: "docker", SEAWORTHY_RUN_DIR: place("run") },
      ...{ SEAWORTHY_STATE_DIR: place("state"), SEAWORTHY_CACHE_DIR: place("cache") },
    };
    return runSeaworthy(args, { cwd: folder, env });
  };
  const all = (): string =>
    [
      docker(["ps", "--all", "--format", "{{.ID}} {{.Names}} {{.State}}"]),
      docker(["network", "ls", "--quiet"]),
      docker(["volume", "ls", "--quiet"]),
    ].join("");
  const verdict = (name: string, id: string): string | undefined => {
    const file = join(folder, ".seaworthy", name, ".seaworthy/report.json");
    const { findings } = JSON.parse(readFileSync(file, "utf8")) as Report;
    return findings.find((one) => one.id.startsWith(`${id}/`))?.verdict;
  };

  beforeAll(async () => {
    if (kind === undefined) throw new TypeError("expected Docker 26 among the engines");
    engine = await kind.start();
    folder = mkdtempSync(join(tmpdir(), "target-"));
    const lab = createLab();
    const layer = join(lab.options.layerRoot, hexOf(lab.image.layers[0]?.diffId ?? ("" as never)));
    const tar = execFileSync("tar", ["--directory", layer, "--create", "."], { maxBuffer: 2 ** 26 });
    lab[Symbol.dispose]();
    docker(["import", "--change", COMMAND, "--change", "ENV PATH=/bin", "-", IMAGE], tar);
    mkdirSync(join(folder, "shop"));
    writeFileSync(join(folder, "shop/Dockerfile"), `FROM ${IMAGE}\nUSER 10001:10001\n`);
    docker(["run", "--detach", "--name", "sealed", "--read-only", "--network", "none", IMAGE]);
    docker(["run", "--detach", "--name", "open", "--network", "none", IMAGE]);
    before = all();
    const targets = ["shop/Dockerfile", IMAGE, "sealed", "container:open"];
    const results = await Promise.all(targets.map((target) => seaworthy(["prove", target])));
    proven = Object.fromEntries(targets.map((target, index) => [target, results[index] as Result]));
  }, 240_000);
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ["shop/Dockerfile", "shop", "harden --dockerfile .seaworthy/shop"],
    [IMAGE, "team-busybox-1", "harden .seaworthy/team-busybox-1"],
    ["sealed", "sealed", "harden .seaworthy/sealed"],
    ["container:open", "open", "harden .seaworthy/open"],
  ])("%s: not all holds, and where to read it and how to go on is said", (target, name, next) => {
    const { code, stdout, stderr } = proven[target] ?? { code: null, stdout: "", stderr: "" };
    expect(code, stdout + stderr).toBe(1);
    expect(stdout).toMatch(new RegExp(`^written .seaworthy/${name}/compose.yaml`));
    expect(stdout).toContain(`report  ${join(folder, ".seaworthy", name, ".seaworthy/report.md")}`);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(`go on with: seaworthy ${next}`);
    const report = readFileSync(join(folder, ".seaworthy", name, ".seaworthy/report.md"), "utf8");
    expect(report).toContain(`seaworthy prove ${target}`);
  });

  test("the user that an image has holds, and without one it is root", () => {
    expect(verdict("shop", "non-root.identity")).toBe("held");
    expect(verdict("team-busybox-1", "non-root.identity")).toBe("breached");
  });

  test("what a container was started with holds, and what it was not is breached", () => {
    expect(verdict("sealed", "read-only-root.write-root")).toBe("held");
    expect(verdict("open", "read-only-root.write-root")).toBe("breached");
  });

  test("all is as it was before", () => {
    expect(all()).toBe(before);
  });

  test("the same is told of the image and of the containers, without running anything", async () => {
    const told = async (target: string, control: string): Promise<string | undefined> => {
      const { stdout, stderr } = await seaworthy(["check", target, "--json"]);
      expect(stderr).toBe("");
      const { findings } = JSON.parse(stdout) as Pick<Report, "findings">;
      return findings.find((one) => one.control === control)?.verdict;
    };
    const [built = ""] = docker(["images", "--format", "{{.Repository}}", "seaworthy-shop-*"]).split("\n");
    const saved = join(folder, "saved.tar");
    docker(["save", "--output", saved, built]);
    expect([await told(built, "non-root"), await told(IMAGE, "non-root")]).toEqual(["held", "breached"]);
    expect(await told(`docker-archive:${saved}`, "non-root")).toBe("held");
    expect(await told("sealed", "read-only-root")).toBe("held");
    expect(await told("open", "read-only-root")).toBe("breached");
    expect(all()).toBe(before);
  });
});
