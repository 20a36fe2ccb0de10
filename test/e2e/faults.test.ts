/** What goes wrong on a machine: afterwards the state that is told is true, nothing has leaked, and `down` cleans up. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Sandbox, sandbox } from "./cli.ts";
import { leftovers, NOTHING } from "./leftovers.ts";

/** The parts of `ps --json` that are looked at here. */
interface Service {
  readonly name: string;
  readonly status: string;
  readonly pid?: number;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly outOfMemory: boolean;
  readonly restarts: number;
}

const SHELL = '["/bin/busybox", "sh", "-c"';

/** @param more lines of YAML for service `b`, which depends on `a` */
function composeOf(port: number, script: string, more: readonly string[] = []): string {
  const service = (name: string, command: string, lines: readonly string[]): string =>
    [
      `  ${name}:`,
      "    build: .",
      `    image: faults-${name}`,
      "    x-seaworthy: { packages: [busybox-static], files: {} }",
      `    command: [${SHELL.slice(1)}, ${JSON.stringify(command)}]`,
      "    stop_grace_period: 1s",
      ...lines.map((line) => `    ${line}`),
    ].join("\n");
  return [
    "services:",
    service("a", "while echo here | /bin/busybox nc -l -p 8000 >/dev/null; do :; done", [
      `ports: ["127.0.0.1:${port}:8000"]`,
    ]),
    service("b", script, ["depends_on: [a]", ...more]),
    "",
  ].join("\n");
}

const FOREVER = "exec /bin/busybox sleep 600";

describe.skipIf(!isRoot())("faults (needs root)", () => {
  let box: Sandbox;
  const run = (): string => box.env["SEAWORTHY_RUN_DIR"] ?? "";
  const left = (): ReturnType<typeof leftovers> => leftovers(run(), box.name);
  const write = (script: string, more?: readonly string[]): void =>
    writeFileSync(join(box.project, "compose.yaml"), composeOf(box.port, script, more));
  const services = async (): Promise<readonly Service[]> => {
    const { code, stdout, stderr } = await box.seaworthy(["ps", "--json"]);
    expect(code, stderr).toBe(0);
    return (JSON.parse(stdout) as { services: Service[] }).services;
  };
  const down = async (): Promise<void> => {
    const { code, stderr } = await box.seaworthy(["down", "--volumes"]);
    expect(code, stderr).toBe(0);
    expect(left()).toEqual(NOTHING);
  };
  /** Each has a parent, flock, whose words end like its own. */
  const processesLike = (words: RegExp): readonly number[] =>
    left().processes.flatMap((line) => (words.test(line) ? Number.parseInt(line, 10) : []));
  const supervisors = (): readonly number[] => processesLike(/^\d+ \S*node \S+supervisor-main/);

  beforeAll(async () => {
    box = await sandbox();
    write(FOREVER);
    const { code, stderr } = await box.seaworthy(["build"]);
    expect(code, stderr).toBe(0);
  }, 300_000);
  afterEach(down);
  afterAll(() => box[Symbol.asyncDispose]());

  test("out of memory: told as that, started again as often as allowed, and then given up", async () => {
    // A line that never ends has to be remembered.
    write("/bin/busybox sleep 3; exec /bin/busybox tail -n 1 /dev/zero", [
      "mem_limit: 16m",
      'restart: "on-failure:2"',
    ]);
    expect((await box.seaworthy(["up"])).code).toBe(0);
    await until(async () => (await services()).some(({ name, restarts }) => name === "b" && restarts === 2));
    await until(async () =>
      (await services()).some(({ name, status }) => name === "b" && status === "exited"),
    );
    const [a, b] = await services();
    expect(a).toMatchObject({ status: "running", restarts: 0 });
    expect(b).toMatchObject({ outOfMemory: true, signal: "SIGKILL", restarts: 2 });
  });

  test("one that never becomes healthy is told with the words of its check, and nothing stays", async () => {
    write(FOREVER, [
      `healthcheck: { test: ["CMD", "/bin/busybox", "sh", "-c", "echo no luck; exit 3"], interval: 200ms, retries: 2 }`,
    ]);
    const { code, stderr } = await box.seaworthy(["up"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/"b".*no luck/s) as string });
    expect(left()).toEqual(NOTHING);
    expect(await services()).toEqual([]);
  });

  test("of two that are brought up at once, one stack comes of it", async () => {
    write(FOREVER);
    const both = await Promise.all([box.seaworthy(["up"]), box.seaworthy(["up"])]);
    expect(both.map(({ code }) => code)).toContain(0);
    expect(supervisors()).toHaveLength(1);
    expect((await services()).map(({ status }) => status)).toEqual(["running", "running"]);
    expect(await answer(box.port)).toBe("here\n");
  });

  test.each([200, 400, 600, 900, 1300])(
    "SIGKILL to the command line after %i ms of up",
    async (killAfter) => {
      write(FOREVER);
      await box.seaworthy(["up"], { killAfter });
      await settled();
      const now = await services();
      // Either the stack is there as ps says, or it is not there at all.
      if (now.length === 0) expect(supervisors()).toEqual([]);
      else for (const { pid } of now) if (pid !== undefined) expect(isAlive(pid)).toBe(true);
      await down();
      const again = await box.seaworthy(["up"]);
      expect(again.code, again.stderr).toBe(0);
      expect(await answer(box.port)).toBe("here\n");
    },
  );

  test("SIGKILL to the supervisor: the stack counts as down, its port is free, and it comes up again", async () => {
    write(FOREVER);
    expect((await box.seaworthy(["up"])).code).toBe(0);
    const [supervisor = 0] = supervisors();
    process.kill(supervisor, "SIGKILL");
    await until(async () => (await services()).length === 0);
    await expect(answer(box.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const again = await box.seaworthy(["up"]);
    expect(again.code, again.stderr).toBe(0);
    expect(supervisors()).toHaveLength(1);
    expect(left().processes.filter((line) => line.includes("sleep 600"))).toHaveLength(1);
    const [survivor = 0] = supervisors();
    process.kill(survivor, "SIGKILL");
  });

  test("SIGKILL to the keeper of the lock: the stack is still the only one", async () => {
    write(FOREVER);
    expect((await box.seaworthy(["up"])).code).toBe(0);
    const before = supervisors();
    const [keeper = 0] = processesLike(/^\d+ flock /);
    process.kill(keeper, "SIGKILL");
    await box.seaworthy(["up"]);
    expect(supervisors()).toEqual(before);
    expect((await services()).map(({ status }) => status)).toEqual(["running", "running"]);
  });

  test("a disk that is full before the start: a clear word, and nothing stays", async () => {
    write(FOREVER);
    await using small = smallDisk(join(box.project, "../full"), 64);
    const { code, stderr } = await box.seaworthy(["up"], { env: { SEAWORTHY_RUN_DIR: small.path } });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/no space/i) as string });
    expect(stderr).not.toMatch(/\n {4}at /);
    await box.seaworthy(["down"], { env: { SEAWORTHY_RUN_DIR: small.path } });
    expect(leftovers(small.path, box.name).processes).toEqual([]);
  });

  test("a disk that runs full costs log lines, not the service", async () => {
    write("while /bin/busybox dd if=/dev/zero bs=16000 count=1 | /bin/busybox tr '\\0' x; do echo; done");
    await using small = smallDisk(join(box.project, "../small"), 4096);
    const env = { SEAWORTHY_RUN_DIR: small.path };
    await using downed = {
      [Symbol.asyncDispose]: () => box.seaworthy(["down"], { env }).then(() => undefined),
    };
    const up = await box.seaworthy(["up"], { env });
    expect(up.code, up.stderr).toBe(0);
    await until(() => Promise.resolve(small.free() === 0));
    await delay(1000);
    const { services: now } = JSON.parse((await box.seaworthy(["ps", "--json"], { env })).stdout) as {
      services: Service[];
    };
    expect(now.map(({ status, restarts }) => [status, restarts])).toEqual([
      ["running", 0],
      ["running", 0],
    ]);
    expect(await answer(box.port)).toBe("here\n");
    await downed[Symbol.asyncDispose]();
    expect(leftovers(small.path, box.name).processes).toEqual([]);
  });

  describe("harden, in the middle of a trial", () => {
    const original = (): string =>
      `${composeOf(box.port, FOREVER, ['volumes: ["data:/data"]'])}volumes: { data: {} }\n`;
    const file = (): string => join(box.project, "compose.yaml");
    const trial = (): boolean => left().cgroups.some((path) => path.includes(`${box.name}-Trial`));
    /** Does something to it as soon as a trial runs. */
    async function disturbed(how: NodeJS.Signals): Promise<{ code: number | null; stderr: string }> {
      writeFileSync(file(), original());
      const child = box.start(["harden", "--write", "--owner", "Ada"]);
      await until(() => Promise.resolve(trial()));
      child.kill(how);
      return await child.ended;
    }

    /** Whatever has a trial's name, wherever the product keeps things for this project. */
    const traces = (): readonly string[] =>
      readdirSync(join(box.project, ".."), { recursive: true, encoding: "utf8" }).filter((path) =>
        path.includes("Trial"),
      );

    test("SIGINT: the file is as it was, and nothing of the trial stays", async () => {
      const { code, stderr } = await disturbed("SIGINT");
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("SIGINT") as string });
      expect(stderr).not.toMatch(/\n {4}at /);
      expect(readFileSync(file(), "utf8")).toBe(original());
      expect(left()).toEqual(NOTHING);
      expect(traces()).toEqual([]);
    });

    test("SIGKILL: the file is as it was, nothing runs on, and the next one removes the rest", async () => {
      await disturbed("SIGKILL");
      expect(readFileSync(file(), "utf8")).toBe(original());
      await until(() => Promise.resolve(isDeepStrictEqual(left(), NOTHING)));
      const again = await box.seaworthy(["harden", "--write", "--owner", "Ada"]);
      expect(again.code, again.stdout + again.stderr).toBe(0);
      expect(readFileSync(file(), "utf8")).toContain("read_only: true");
      expect(traces()).toEqual([]);
    }, 200_000);
  });

  /** What was started by somebody who was killed ends, or has come to rest. */
  async function settled(): Promise<void> {
    let before = "";
    for (let tries = 0; tries < 50; tries += 1) {
      const now = JSON.stringify([await services(), left().processes]);
      if (now === before) return;
      before = now;
      await delay(200);
    }
  }
});

interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** In blocks. */
  free(): number;
}

function smallDisk(path: string, kilobytes: number): SmallDisk {
  mkdirSync(path, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k,mode=0700`, "none", path]);
  return {
    path,
    free: () => Number(execFileSync("stat", ["-f", "-c", "%f", path]).toString()),
    // Also when a test has failed and something is still there.
    [Symbol.asyncDispose]: () => {
      execFileSync("umount", ["--lazy", path]);
      return Promise.resolve();
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function answer(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (more: string) => {
      text += more;
    });
    socket.once("error", reject);
    socket.once("close", () => resolve(text));
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await condition()) return;
    await delay(200);
  }
  throw new Error("expected a condition to become true within 20 s");
}
