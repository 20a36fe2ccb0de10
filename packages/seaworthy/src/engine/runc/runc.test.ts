import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digestOf, hexOf } from "../../content/digest.ts";
import type { Layer } from "../../oci/image.ts";
import type { Container } from "../container.ts";
import type { Engine, Running, StartOptions } from "../engine.ts";
import { createLab, hardened, type Lab, traces, whyNotHere } from "./busybox.fixture.ts";
import { removeLeftovers } from "./leftovers.ts";
import { createRuncEngine } from "./runc.ts";

const reason = whyNotHere();
const here = reason === undefined ? describe : describe.skip;

here(`runc${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let lab: Lab;
  let engine: Engine;
  beforeAll(() => {
    lab = createLab();
    engine = createRuncEngine(lab.options);
  });
  afterAll(() => lab[Symbol.dispose]());

  async function outcome(
    script: string,
    changes: Partial<Container> = {},
    options: Partial<StartOptions> = {},
  ) {
    await using running = await engine.start(hardened(lab.image, script, changes), {
      network: { kind: "private" },
      ...options,
    });
    const [stdout, stderr, exit] = await Promise.all([
      read(running.stdout),
      read(running.stderr),
      running.exited,
    ]);
    return { stdout, stderr, exit };
  }

  test("gives output, error output and exit code", async () => {
    const { stdout, stderr, exit } = await outcome("echo out; echo err >&2; exit 3");
    expect([stdout, stderr, exit]).toEqual([
      "out\n",
      "err\n",
      { code: 3, signal: undefined, outOfMemory: false },
    ]);
  });

  test("passes standard input and its end", async () => {
    await using running = await start("cat; echo end");
    running.stdin.end("hello\n");
    expect(await read(running.stdout)).toBe("hello\nend\n");
  });

  function start(script: string, changes: Partial<Container> = {}): Promise<Running> {
    return engine.start(hardened(lab.image, script, changes), { network: { kind: "private" } });
  }

  test("starts also while others remove the empty groups above its own", async () => {
    const groups = ["", "*/"].map((any) => `/sys/fs/cgroup/${any}seaworthy/${lab.options.project}`).join(" ");
    const remover = spawn("timeout", ["60", "sh", "-c", `while :; do rmdir ${groups}; done`], {
      stdio: "ignore",
    });
    try {
      for (let count = 0; count < 20; count += 1) expect((await outcome("echo here")).stdout).toBe("here\n");
    } finally {
      remover.kill();
    }
  });

  /** Each control from both sides: what the same line prints with it and with it loosened. */
  test.each<[string, string, string, Partial<Container>, string]>([
    ["user", "id -u", "10001\n", { user: { uid: 7, gid: 8, groups: [9] } }, "7\n"],
    [
      "read-only root",
      "touch /home/x 2>/dev/null && echo written || echo refused",
      "refused\n",
      { readOnlyRoot: false, user: { uid: 0, gid: 0, groups: [] } },
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
      "seccomp",
      "grep Seccomp: /proc/self/status",
      "Seccomp:\t2\n",
      { seccomp: "unconfined" },
      "Seccomp:\t0\n",
    ],
    [
      "system paths",
      "ls /sys/firmware | grep -c . ; mount | grep -c ' on /proc/sys '",
      "0\n1\n",
      { systemPaths: "unconfined" },
      "SOME\n0\n",
    ],
    ["host devices", "[ -e /dev/kmsg ] && echo kmsg || echo none", "none\n", { hostDevices: true }, "kmsg\n"],
    ["pid namespace", "[ $$ = 1 ] && echo first || echo later", "first\n", { pid: "host" }, "later\n"],
    [
      "pids limit",
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.2 & done 2>/dev/null; echo all",
      "",
      { limits: { memory: undefined, pids: 100, cpus: undefined, shmSize: 65536 } },
      "all\n",
    ],
  ])("%s", async (_, script, confined, loosened, loose) => {
    const limits = { memory: 64 * 1024 * 1024, pids: 16, cpus: 0.5, shmSize: 65536 };
    expect((await outcome(script, { limits })).stdout).toBe(confined);
    const { stdout } = await outcome(script, loosened);
    expect(stdout.replace(/^[1-9]\d*\n0\n$/, "SOME\n0\n")).toBe(loose);
  });

  test("uid 0 has exactly its bounding set in effect, and never more than this machine has", async () => {
    const { stdout } = await outcome("grep Cap /proc/self/status", {
      user: { uid: 0, gid: 0, groups: [] },
      capabilities: ["CHOWN", ...(await engine.facts()).capabilities, "NO_SUCH"],
    });
    const machine = /CapBnd:\t(\w+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    expect(/CapBnd:\t(\w+)/.exec(stdout)?.[1]).toBe(machine);
    expect(/CapEff:\t(\w+)/.exec(stdout)?.[1]).toBe(machine);
    expect(/CapAmb:\t(\w+)/.exec(stdout)?.[1]).toBe("0000000000000000");
  });

  test("a tmpfs has the mode, size and flags asked for, whatever the image's directory had", async () => {
    const tmpfs = { kind: "tmpfs", target: "/tmp", size: 65536, mode: 0o1777, exec: false } as const;
    const script =
      "stat -c %a /tmp; touch /tmp/x && echo ok; grep ' /tmp ' /proc/mounts; dd if=/dev/zero of=/tmp/y bs=1k count=100 2>&1 | grep -o 'No space.*'";
    const { stdout } = await outcome(script, { mounts: [tmpfs] });
    expect(stdout).toMatch(
      /^1777\nok\ntmpfs \/tmp tmpfs rw,nosuid,nodev,noexec,.*size=64k.*\nNo space left on device\n$/,
    );
  });

  test("a volume starts as the image's directory and keeps what was written", async () => {
    const volume = (target: string, name: string) =>
      ({ kind: "volume", name, source: join(lab.folder, "volumes", name), target, readOnly: false }) as const;
    const mounts = [volume("/data", "a")];
    expect(
      (await outcome("stat -c '%u %a' /data; cat /data/*; echo more > /data/more", { mounts })).stdout,
    ).toBe("10001 750\nfrom the image\n");
    expect((await outcome("cat /data/more", { mounts })).stdout).toBe("more\n");
    const led = await outcome("ls /out | grep -c .", { mounts: [volume("/out", "b")], readOnlyRoot: false });
    expect(led.stdout, "a link out of the image leads nowhere").toBe("0\n");
  });

  test("more layers than fit a page of mount options by their paths", async () => {
    const layers = Array.from({ length: 120 }, (_, index) => {
      const diffId = digestOf(`layer ${index}`);
      mkdirSync(join(lab.options.layerRoot, hexOf(diffId)), { recursive: true });
      writeFileSync(join(lab.options.layerRoot, hexOf(diffId), `file-${index}`), "");
      writeFileSync(join(lab.options.layerRoot, hexOf(diffId), "last"), `${index}`);
      return diffId;
    });
    const image = {
      ...lab.image,
      layers: [...lab.image.layers, ...layers.map((diffId) => ({ ...BARE, diffId }))],
    };
    const { stdout } = await outcome("ls / | grep -c file-; cat /last", { image });
    expect(stdout).toBe("120\n119");
  });

  test("secrets are there to read and not to write", async () => {
    const source = join(lab.folder, "secret");
    writeFileSync(source, "s3cret", { mode: 0o644 });
    const secret = { kind: "secret", name: "s", source, target: "/run/secrets/s" } as const;
    const run = { kind: "tmpfs", target: "/run", size: 65536, mode: 0o755, exec: false } as const;
    const { stdout } = await outcome(
      "cat /run/secrets/s; echo x 2>/dev/null > /run/secrets/s || echo refused",
      {
        mounts: [secret, run],
        user: { uid: 0, gid: 0, groups: [] },
      },
    );
    expect(stdout).toBe("s3cretrefused\n");
  });

  test("planted files appear with owner and mode, set-uid included; a link in the way is refused", async () => {
    const file = { content: Buffer.from("x"), mode: 0o4755, uid: 0, gid: 0 };
    const plant = [{ ...file, path: "/planted/tool" }];
    expect((await outcome("stat -c '%a %u' /planted/tool", {}, { plant })).stdout).toBe("4755 0\n");
    await expect(outcome("true", {}, { plant: [{ ...file, path: "/out/tool" }] })).rejects.toThrow(
      /link is in the way/,
    );
  });

  test("names resolve through the hosts file; the loopback is up and there is no route out", async () => {
    const script =
      "cat /etc/hosts /etc/hostname; hostname; cat /etc/resolv.conf /proc/net/route | grep -v Iface; nc -w 1 192.0.2.1 80 </dev/null 2>&1";
    const { stdout } = await outcome(script, {}, { hosts: new Map([["db", "127.0.0.1"]]) });
    expect(stdout).toContain("127.0.0.1\tdb\n");
    expect(stdout).toMatch(/app\napp\n/);
    expect(stdout).toContain("Network is unreachable");
  });

  test("memory beyond the limit ends in the kernel's kill, and is reported as such", async () => {
    const { exit } = await outcome("exec dd if=/dev/zero of=/dev/null bs=100M count=1");
    expect(exit).toEqual({ code: undefined, signal: "SIGKILL", outOfMemory: true });
    const enough = await outcome("exec dd if=/dev/zero of=/dev/null bs=100M count=1", {
      limits: { memory: 256 * 1024 * 1024, pids: 10, cpus: undefined, shmSize: 65536 },
    });
    expect(enough.exit).toEqual({ code: 0, signal: undefined, outOfMemory: false });
  });

  test("exec joins with the same confinement; a time-out ends what it started", async () => {
    await using running = await start("sleep 60");
    const joined = await running.exec(
      ["/bin/sh", "-c", "id -u; grep -E 'CapBnd|NoNew|Seccomp:' /proc/self/status; cat; exit 4"],
      {
        stdin: Buffer.from("in"),
      },
    );
    expect(joined.stdout.toString()).toBe(
      "10001\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\nin",
    );
    expect(joined.code).toBe(4);
    expect((await running.exec(["/bin/sleep", "50"], { timeout: 300 })).timedOut).toBe(true);
    const left = await running.exec(["/bin/sh", "-c", "cat /proc/[0-9]*/cmdline"]);
    expect(left.stdout.toString()).not.toContain("50");
  });

  test("signals arrive; one that comes too late is no error", async () => {
    await using running = await start("trap 'echo got; exit 5' TERM; while :; do sleep 0.05; done");
    await running.exec(["/bin/sh", "-c", "sleep 0.1"]);
    await running.kill("SIGTERM");
    expect(await running.exited).toMatchObject({ code: 5 });
    await running.kill("SIGTERM");
  });

  test("an abort kills the container", async () => {
    const controller = new AbortController();
    await using running = await engine.start(hardened(lab.image, "sleep 60"), {
      network: { kind: "private" },
      signal: controller.signal,
    });
    controller.abort();
    expect(await running.exited).toMatchObject({ signal: "SIGKILL" });
  });

  test.each<[string, Partial<Container>, RegExp]>([
    ["a missing program", { argv: ["/bin/no-such"] }, /"app" to start \(\/bin\/no-such\).*no such file/],
    [
      "a missing host path",
      { mounts: [{ kind: "bind", source: "/no/such", target: "/x", readOnly: true }] },
      /\/no\/such/,
    ],
  ])("%s is a fault that says so and leaves nothing", async (_, changes, message) => {
    await expect(outcome("true", changes)).rejects.toThrow(message);
    expect(traces(lab)).toEqual([]);
  });

  test("disposing leaves nothing behind, also twice and in the middle of work", async () => {
    const running = await start("sleep 60 & sleep 60", { pid: "host" });
    expect(traces(lab)).not.toEqual([]);
    await running[Symbol.asyncDispose]();
    await running[Symbol.asyncDispose]();
    expect(traces(lab)).toEqual([]);
  });

  test("leftovers of a lost owner are removed, and only they", async () => {
    const project = `${lab.options.project}-lost`;
    const other = createRuncEngine({ ...lab.options, project });
    await using kept = await start("sleep 60");
    const lost = await other.start(hardened(lab.image, "sleep 60"), { network: { kind: "private" } });
    expect(traces(lab, project)).not.toEqual([]);
    await removeLeftovers(lab.options.runRoot, project);
    expect((await lost.exited).signal).toBe("SIGKILL");
    expect(traces(lab, project)).toEqual([]);
    expect((await kept.exec(["/bin/true"])).code).toBe(0);
  });
});

const BARE: Omit<Layer, "diffId"> = {
  mediaType: "application/octet-stream",
  digest: digestOf(""),
  size: 0,
  unpackedSize: 0,
  name: "bare",
  createdBy: "fixture",
  listing: digestOf(""),
};

async function read(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of stream) chunks.push(chunk.toString());
  return chunks.join("");
}
