/** What every engine owes: the same container, asked the same questions, gives the same answers. Each control is seen from both sides. */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Container, Mount } from "../../packages/seaworthy/src/engine/container.ts";
import type { Engine, Running, StartOptions } from "../../packages/seaworthy/src/engine/engine.ts";
import { callsBefore, learnedProfile } from "../../packages/seaworthy/src/posture/seccomp/learned.ts";
import { portableProfile } from "../../packages/seaworthy/src/posture/seccomp/portable.ts";
import { CAPABILITIES } from "../../packages/seaworthy/src/recipe/capabilities.ts";
import { type EngineLab, LABS, type LabKind } from "./labs.ts";

const MIB = 1024 * 1024;
const LIMITS = { memory: 64 * MIB, pids: 32, cpus: 0.5, shmSize: MIB } as const;
const ROOT = { uid: 0, gid: 0, groups: [] } as const;
/** Beside what every program is started by. */
const OF_A_SHELL =
  "arch_prctl dup2 getppid getrandom ioctl prlimit64 readlink rseq set_robust_list set_tid_address uname".split(
    " ",
  );

describe.each(LABS)("$name", (kind) => {
  const reason = kind.missing();
  const suite = reason === undefined ? describe : describe.skip;
  suite(reason === undefined ? "conforms" : `skipped: ${reason}`, () => conformance(kind));
});

function conformance(kind: LabKind): void {
  let lab: EngineLab;
  let engine: Engine;
  beforeAll(async () => {
    lab = await kind.open();
    engine = lab.engine;
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  /** Everything narrowed; tests loosen one field at a time. */
  function hardened(argv: readonly string[], changes: Partial<Container> = {}): Container {
    return {
      name: "app",
      image: lab.image,
      argv,
      env: new Map(),
      workingDirectory: "/",
      mounts: [],
      stopSignal: "SIGTERM",
      stopGrace: 1_000,
      user: { uid: 10001, gid: 10001, groups: [] },
      readOnlyRoot: true,
      noNewPrivileges: true,
      capabilities: [],
      seccomp: "default",
      systemPaths: "default",
      hostDevices: false,
      network: "private",
      pid: "private",
      uts: "private",
      ipc: "private",
      limits: LIMITS,
      ...changes,
    };
  }

  function start(
    argv: readonly string[] | string,
    changes: Partial<Container> = {},
    options: Partial<StartOptions> = {},
  ): Promise<Running> {
    const words = typeof argv === "string" ? ["/bin/sh", "-c", argv] : argv;
    return engine.start(hardened(words, changes), { network: { kind: "private" }, ...options });
  }

  async function outcome(...given: Parameters<typeof start>) {
    await using running = await start(...given);
    const [stdout, stderr, exit] = await Promise.all([
      read(running.stdout),
      read(running.stderr),
      running.exited,
    ]);
    return { stdout: stdout.toString(), stderr: stderr.toString(), exit };
  }

  const said = async (...given: Parameters<typeof start>): Promise<string> =>
    (await outcome(...given)).stdout;

  test("its facts are those of this machine", async () => {
    const facts = await engine.facts();
    expect(facts.version).toMatch(/^(runc|Docker|Podman) \d+\.\d+/);
    expect(facts.local).toBe(true);
    expect(facts.rootless).toBe(false);
    expect(facts.capabilities).toContain("CHOWN");
    expect([...facts.unable.keys()]).not.toContain("seccomp");
  });

  test("output, error output and exit code", async () => {
    expect(await outcome("echo out; echo err >&2; exit 3")).toEqual({
      stdout: "out\n",
      stderr: "err\n",
      exit: { code: 3, signal: undefined, outOfMemory: false },
    });
  });

  test("a mebibyte of anything passes through unchanged, and its end is seen", async () => {
    await using running = await start(["/bin/cat"]);
    const sent = randomBytes(MIB);
    running.stdin.end(sent);
    expect((await read(running.stdout)).equals(sent)).toBe(true);
    expect(await running.exited).toEqual({ code: 0, signal: undefined, outOfMemory: false });
  });

  test("output stays open after the input has ended", async () => {
    await using running = await start("cat; sleep 0.2; echo end");
    running.stdin.end("hello\n");
    expect((await read(running.stdout)).toString()).toBe("hello\nend\n");
  });

  test("the program's words arrive as they are, whatever the image's entrypoint", async () => {
    expect(await said(["/bin/busybox", "printf", "%s|", "a b", "", "$HOME", "'\"\\", "é\n"])).toBe(
      "a b||$HOME|'\"\\|é\n|",
    );
  });

  test("environment and working directory", async () => {
    const env = new Map([
      ["GREETING", "hello = world"],
      ["EMPTY", ""],
    ]);
    const changes = { env, workingDirectory: "/home" };
    expect(await said('pwd; echo "$GREETING|$EMPTY|$HOSTNAME"', changes)).toBe("/home\nhello = world||app\n");
  });

  test.each<[string, string, string, Partial<Container>, string]>([
    [
      "user",
      "id -u; id -g; id -G",
      "10001\n10001\n10001\n",
      { user: { uid: 7, gid: 8, groups: [9] } },
      "7\n8\n8 9\n",
    ],
    [
      "read-only root",
      "touch /home/x 2>/dev/null && echo written || echo refused",
      "refused\n",
      { readOnlyRoot: false, user: ROOT, capabilities: ["DAC_OVERRIDE"] },
      "written\n",
    ],
    [
      "no new privileges",
      "grep NoNewPrivs /proc/self/status",
      "NoNewPrivs:\t1\n",
      { noNewPrivileges: false },
      "NoNewPrivs:\t0\n",
    ],
    [
      "bounding set",
      "grep CapBnd /proc/self/status",
      "CapBnd:\t0000000000000000\n",
      { capabilities: ["CHOWN", "NET_BIND_SERVICE"] },
      "CapBnd:\t0000000000000401\n",
    ],
    [
      "effective set of root",
      "grep CapEff /proc/self/status",
      "CapEff:\t0000000000000000\n",
      { capabilities: ["CHOWN", "NET_BIND_SERVICE"], user: ROOT },
      "CapEff:\t0000000000000401\n",
    ],
    [
      "seccomp",
      "grep Seccomp: /proc/self/status",
      "Seccomp:\t2\n",
      { seccomp: "unconfined" },
      "Seccomp:\t0\n",
    ],
    [
      "system paths",
      "ls /sys/firmware | grep -q . && echo seen; mount | grep -c ' on /proc/sys '",
      "1\n",
      { systemPaths: "unconfined" },
      "seen\n0\n",
    ],
    ["host devices", "[ -e /dev/kmsg ] && echo kmsg || echo none", "none\n", { hostDevices: true }, "kmsg\n"],
    ["process namespace", "[ $$ = 1 ] && echo first || echo later", "first\n", { pid: "host" }, "later\n"],
    [
      "process limit",
      `for i in ${Array.from({ length: 40 }, (_, index) => index).join(" ")}; do sleep 0.3 & done 2>/dev/null; echo all`,
      "",
      { limits: { ...LIMITS, pids: 100 } },
      "all\n",
    ],
  ])("%s", async (_, script, confined, loosened, loose) => {
    expect(await said(script)).toBe(confined);
    expect(await said(script, loosened)).toBe(loose);
  });

  test("a profile of what the runtime and the service call is enough, and refuses the rest", async () => {
    const profile = learnedProfile(portableProfile(), OF_A_SHELL);
    const extras = { seccompProfile: JSON.stringify(profile) };
    const ask = "kill -0 $$ 2>/dev/null && echo killed || echo refused";
    for (const changes of [{}, { noNewPrivileges: false }, { user: ROOT, capabilities: ["CHOWN"] }]) {
      expect(await said(ask, { ...changes, extras }), JSON.stringify(changes)).toBe("refused\n");
      expect(await said(ask, changes)).toBe("killed\n");
    }
    await using running = await start("exec sleep 60", { extras });
    expect(await running.exec(["/bin/echo", "beside it"])).toMatchObject({
      stdout: Buffer.from("beside it\n"),
    });
  });

  test("a first process that was asked for is enough with what it calls, and not with less", async () => {
    const asks = { init: true };
    const shell = ["fork", "wait4", ...OF_A_SHELL];
    const under = (calls: readonly string[]): Partial<Container> => {
      const profile = learnedProfile(portableProfile(), calls);
      return { extras: { ...asks, seccompProfile: JSON.stringify(profile) } };
    };
    expect(await said("echo here", under([...callsBefore({ extras: asks }), ...shell]))).toBe("here\n");
    expect(await said("echo here", under(shell))).not.toBe("here\n");
  });

  test("everything wide at once is what privileged gives, as far as this machine can", async () => {
    const { capabilities } = await engine.facts();
    const wide: Partial<Container> = {
      ...{ user: ROOT, capabilities, seccomp: "unconfined", systemPaths: "unconfined" },
      ...{ hostDevices: true, noNewPrivileges: false, readOnlyRoot: false },
    };
    const [before, after] = [
      await said("grep -E 'CapEff|Seccomp:' /proc/self/status"),
      await said("[ -e /dev/kmsg ] && grep -E 'CapEff|Seccomp:' /proc/self/status", wide),
    ];
    expect(before).toMatch(/CapEff:\t0000000000000000\nSeccomp:\t2/);
    const mask = CAPABILITIES.reduce(
      (bits, name, at) => (capabilities.includes(name) ? bits | (1n << BigInt(at)) : bits),
      0n,
    );
    expect(after).toBe(`CapEff:\t${mask.toString(16).padStart(16, "0")}\nSeccomp:\t0\n`);
  });

  test("memory: beyond the limit the kernel kills", async () => {
    const argv = ["/bin/busybox", "dd", "if=/dev/zero", "of=/dev/null", "bs=100M", "count=1"];
    const { exit } = await outcome(argv);
    // Podman 4.3 does not see it where control groups are of the first version.
    expect(exit).toEqual({ code: undefined, signal: "SIGKILL", outOfMemory: !kind.isPodman });
    const enough = await outcome(argv, { limits: { ...LIMITS, memory: 256 * MIB } });
    expect(enough.exit).toEqual({ code: 0, signal: undefined, outOfMemory: false });
  });

  test("a tmpfs has the mode, size and flags asked for", async () => {
    const tmpfs = (exec: boolean): readonly Mount[] => [
      { kind: "tmpfs", target: "/scratch", size: 4 * MIB, mode: 0o1777, exec },
    ];
    const script = [
      "stat -c %a /scratch",
      "grep -o ' /scratch tmpfs rw,nosuid,nodev' /proc/mounts",
      "/bin/busybox cp /bin/busybox /scratch/cat",
      "echo run | /scratch/cat 2>/dev/null || echo refused",
      "dd if=/dev/zero of=/scratch/y bs=1M count=9 2>&1 | grep -o 'No space.*'",
    ].join("; ");
    const head = "1777\n /scratch tmpfs rw,nosuid,nodev\n";
    expect(await said(script, { mounts: tmpfs(false) })).toBe(`${head}refused\nNo space left on device\n`);
    expect(await said(script, { mounts: tmpfs(true) })).toBe(`${head}run\nNo space left on device\n`);
  });

  test("a tmpfs belongs to whom it is given", async () => {
    const mounts: readonly Mount[] = [
      { kind: "tmpfs", target: "/scratch", size: MIB, mode: 0o700, exec: false, uid: 10001, gid: 10001 },
    ];
    expect(await said("stat -c '%u %a' /scratch; touch /scratch/x && echo written", { mounts })).toBe(
      "10001 700\nwritten\n",
    );
  });

  test("shared memory is as large as said", async () => {
    expect(await said("grep -o 'shm tmpfs.*size=[0-9]*k' /proc/mounts")).toMatch(/size=1024k/);
  });

  test("a volume starts as the image's directory and keeps what was written", async () => {
    const name = `volume-${randomBytes(4).toString("hex")}`;
    const volume = (readOnly: boolean): readonly Mount[] => [
      { kind: "volume", name, source: join(lab.folder, "volumes", name), target: "/data", readOnly },
    ];
    const mounts = volume(false);
    expect(await said("stat -c '%u %a' /data; cat /data/*; echo more > /data/more", { mounts })).toBe(
      "10001 750\nfrom the image\n",
    );
    expect(await said("cat /data/more", { mounts })).toBe("more\n");
    const refused = "echo x 2>/dev/null > /data/y && echo written || echo refused";
    expect(await said(refused, { mounts: volume(true) })).toBe("refused\n");
    await lab.client?.volumes.remove(name);
  });

  test("scratch is writable for its owner, under a read-only root, and gone afterwards", async () => {
    const mounts: readonly Mount[] = [
      { kind: "scratch", target: "/var/new", owner: { uid: 10001, gid: 10001 } },
      { kind: "scratch", target: "/home", owner: { uid: 10001, gid: 10001 } },
    ];
    const script = "stat -c '%u:%g' /var/new /home; touch /var/new/x /home/x && ls /var/new /home";
    const expected = "10001:10001\n10001:10001\n/home:\nx\n\n/var/new:\nx\n";
    expect(await said(script, { mounts })).toBe(expected);
    expect(await said(script, { mounts }), "a second one is empty again").toBe(expected);
  });

  test("a scratch folder without an owner has the image's", async () => {
    const mounts: readonly Mount[] = [{ kind: "scratch", target: "/data" }];
    expect(await said("stat -c '%u:%g' /data; touch /data/x && echo written", { mounts })).toBe(
      "10001:10001\nwritten\n",
    );
  });

  test("a bind mount is the host's folder, to read or to write", async () => {
    const source = join(lab.folder, "bound");
    mkdirSync(source, { recursive: true, mode: 0o755 });
    writeFileSync(join(source, "file"), "of the host");
    const bind = (readOnly: boolean): Partial<Container> => ({
      mounts: [{ kind: "bind", source, target: "/bound", readOnly }],
      user: ROOT,
    });
    const script = "cat /bound/file; touch /bound/x 2>/dev/null && echo written || echo refused";
    expect(await said(script, bind(true))).toBe("of the hostrefused\n");
    expect(await said(script, bind(false))).toBe("of the hostwritten\n");
  });

  test("secrets are there to read and not to write", async () => {
    const source = join(lab.folder, "secret");
    writeFileSync(source, "s3cret", { mode: 0o644 });
    const mounts: readonly Mount[] = [
      { kind: "secret", name: "s", source, target: "/run/secrets/s" },
      { kind: "tmpfs", target: "/run", size: 65536, mode: 0o755, exec: false },
    ];
    const script = "cat /run/secrets/s; echo x 2>/dev/null > /run/secrets/s || echo refused";
    expect(await said(script, { mounts, user: ROOT })).toBe("s3cretrefused\n");
  });

  test("planted files appear with owner and mode, set-uid included, and nowhere else", async () => {
    const file = { content: Buffer.from("x"), uid: 0, gid: 0 };
    const plant = [
      { ...file, path: "/planted/tool", mode: 0o4755 },
      { ...file, path: "/.top", mode: 0o640, uid: 7, gid: 8 },
    ];
    const script = "stat -c '%a %u %g' /planted/tool /.top 2>/dev/null || echo none";
    expect(await said(script, {}, { plant })).toBe("4755 0 0\n640 7 8\n");
    expect(await said(script, {}, { plant })).toBe("4755 0 0\n640 7 8\n");
    expect(await said(script)).toBe("none\n");
  });

  test("names resolve through the hosts file; the loopback is up and there is no way out", async () => {
    const script =
      "grep -c localhost /etc/hosts; grep 10.0.0.2 /etc/hosts | grep -o 'db'; hostname; grep -v Iface /proc/net/route; nc -w 1 192.0.2.1 80 </dev/null 2>&1";
    const out = await said(script, {}, { hosts: new Map([["db", "10.0.0.2"]]) });
    expect(out).toMatch(/^[1-9]\ndb\napp\n/);
    expect(out).toContain("Network is unreachable");
  });

  test("joins the network of another container", async () => {
    const which = ["/bin/busybox", "readlink", "/proc/self/ns/net"];
    await using first = await start("sleep 60");
    const own = Buffer.from((await first.exec(which)).stdout).toString();
    expect(own).toMatch(/^net:/);
    const network = { kind: "join", network: lab.networkOf(first) } as const;
    expect(await said(which, {}, { network })).toBe(own);
    expect(await said(which)).not.toBe(own);
  });

  test("exec joins with the same confinement; a time-out ends what it started", async () => {
    await using running = await start("sleep 60", { user: { uid: 7, gid: 8, groups: [9] } });
    const joined = await running.exec(
      [
        "/bin/sh",
        "-c",
        "id -u; id -G; grep -E 'CapBnd|NoNew|Seccomp:' /proc/self/status; cat; echo err >&2; exit 4",
      ],
      { stdin: Buffer.from("in") },
    );
    expect(Buffer.from(joined.stdout).toString()).toBe(
      "7\n8 9\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\nin",
    );
    expect(Buffer.from(joined.stderr).toString()).toBe("err\n");
    expect(joined).toMatchObject({ code: 4, timedOut: false });
    expect(await running.exec(["/bin/sleep", "51"], { timeout: 500 })).toMatchObject({ timedOut: true });
    const left = await running.exec(["/bin/sh", "-c", "cat /proc/[0-9]*/cmdline"]);
    expect(Buffer.from(left.stdout).toString()).not.toContain("sleep\x0051");
  });

  test("exec passes a mebibyte both ways", async () => {
    await using running = await start("sleep 60");
    const stdin = randomBytes(MIB);
    const { stdout, code } = await running.exec(["/bin/cat"], { stdin });
    expect([Buffer.from(stdout).equals(stdin), code]).toEqual([true, 0]);
  });

  test("signals arrive; one that comes too late is no error", async () => {
    await using running = await start(
      "trap 'echo got; exit 5' TERM; echo ready; while :; do sleep 0.05; done",
    );
    await firstLine(running.stdout);
    await running.kill("SIGTERM");
    expect(await running.exited).toMatchObject({ code: 5 });
    await running.kill("SIGTERM");
  });

  test("with a first process that waits, orphans are gone, and without it they stay", async () => {
    const zombies = async (extras: Container["extras"] = {}): Promise<number> => {
      await using running = await start(["/bin/sleep", "60"], { extras });
      const left = await running.exec(["/bin/sh", "-c", "sleep 0.1 & sleep 0.1 & exit 0"]);
      expect(left.code).toBe(0);
      await running.exec(["/bin/sleep", "0.5"]);
      const { stdout } = await running.exec(["/bin/sh", "-c", "cat /proc/[0-9]*/stat"]);
      return (
        Buffer.from(stdout)
          .toString()
          .match(/\(sleep\) Z /g)?.length ?? 0
      );
    };
    expect(await zombies({ init: true })).toBe(0);
    expect(await zombies()).toBe(2);
  });

  test("a first process that waits passes signals on, and ends as its service does", async () => {
    const extras = { init: true };
    expect((await outcome("exit 3", { extras })).exit).toMatchObject({ code: 3 });
    await using running = await start("trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done", {
      extras,
    });
    await firstLine(running.stdout);
    await running.kill("SIGTERM");
    expect(await running.exited).toMatchObject({ code: 5 });
    await using deaf = await start("echo ready; exec sleep 60", { extras });
    await firstLine(deaf.stdout);
    await deaf.kill("SIGTERM");
    expect(await deaf.exited, "it is no first process that signals pass by").toMatchObject({
      signal: "SIGTERM",
    });
  });

  test("a program that a signal ended is said to be", async () => {
    await using running = await start("echo ready; exec sleep 60");
    await firstLine(running.stdout);
    await running.kill("SIGKILL");
    expect(await running.exited).toEqual({ code: undefined, signal: "SIGKILL", outOfMemory: false });
  });

  test("an abort kills the container, or keeps it from starting", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    await using running = await start("sleep 60", {}, { signal });
    controller.abort(new Error("stopped by the user"));
    expect(await running.exited).toMatchObject({ signal: "SIGKILL" });
    await expect(start("true", {}, { signal })).rejects.toThrow("stopped by the user");
    expect(await lab.traces(), "the first is still there to be disposed of").not.toEqual([]);
  });

  test("an abort while it starts leaves nothing, however far that came", async () => {
    const before = await lab.traces();
    for (const patience of [1, 20, 60]) {
      try {
        await using late = await start("sleep 60", {}, { signal: AbortSignal.timeout(patience) });
        expect(await late.exited).toMatchObject({ signal: "SIGKILL" });
      } catch (error) {
        expect(error).toMatchObject({ name: "TimeoutError" });
      }
    }
    expect(await lab.traces()).toEqual(before);
  });

  test.each<[string, Partial<Container>, RegExp]>([
    ["a missing program", { argv: ["/bin/no-such"] }, /"app" to start \(\/bin\/no-such\).*no such file/s],
    [
      "a missing host path",
      { mounts: [{ kind: "bind", source: "/no/such", target: "/x", readOnly: true }] },
      /\/no\/such/,
    ],
  ])("%s is a fault that says so and leaves nothing", async (_, changes, message) => {
    const before = await lab.traces();
    await expect(outcome("true", changes)).rejects.toThrow(message);
    expect(await lab.traces()).toEqual(before);
  });

  test("many at once", async () => {
    const numbers = Array.from({ length: 8 }, (_, index) => `${index}\n`);
    const outcomes = await Promise.all(numbers.map((_, index) => said(`echo ${index}`)));
    expect(outcomes).toEqual(numbers);
  });

  test("disposing leaves nothing behind, also twice and in the middle of work", async () => {
    expect(await lab.traces()).toEqual([]);
    const mounts: readonly Mount[] = [
      { kind: "scratch", target: "/scratch", owner: { uid: 10001, gid: 10001 } },
    ];
    const running = await start("sleep 60 & sleep 60", { pid: "host", mounts });
    expect(await lab.traces()).not.toEqual([]);
    await Promise.all([running[Symbol.asyncDispose](), running[Symbol.asyncDispose]()]);
    await running[Symbol.asyncDispose]();
    expect(await lab.traces()).toEqual([]);
    expect(await Promise.race([running.exited, sleep(5_000)])).toBeDefined();
  });
}

async function read(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Waits for it, and leaves the stream as it is. */
function firstLine(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) => stream.once("data", () => resolve()));
}
