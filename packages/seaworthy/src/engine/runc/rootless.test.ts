import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLab, hardened, type Lab, traces, whyNotHere } from "./busybox.fixture.ts";
import { CALLER, giveToCaller, runAsCaller, type Step, whyNotRootless } from "./rootless-program.fixture.ts";

const reason = whyNotHere() ?? whyNotRootless();
const here = reason === undefined ? describe : describe.skip;

here(`an ordinary user${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let lab: Lab;
  beforeAll(() => {
    lab = createLab(`rootless-${process.pid}`);
    giveToCaller(lab);
  });
  afterAll(() => lab[Symbol.dispose]());

  function one(
    script: string,
    changes: Parameters<typeof hardened>[2] = {},
    step: Partial<Step> = {},
    enter: readonly string[] = [],
  ) {
    const { facts, results } = runAsCaller(
      lab,
      [{ container: hardened(lab.image, script, changes), ...step }],
      enter,
    );
    const [result] = results;
    if (result === undefined) throw new Error("expected one result, found none");
    return { facts, ...result };
  }

  test.each([10001, 999, 0])("uid %d inside is the caller outside, and the only id there is", (id) => {
    const { stdout, stderr, status, fault } = one("id -u; id -g; cat /proc/self/uid_map; sleep 0.3", {
      user: { uid: id, gid: id, groups: [] },
    });
    expect([fault, stderr]).toEqual([undefined, ""]);
    expect(stdout.trim().split(/\s+/)).toEqual([`${id}`, `${id}`, `${id}`, "0", "1"]);
    expect(status).toMatch(new RegExp(`^Uid:\t${CALLER}\t${CALLER}\t${CALLER}\t${CALLER}$`, "m"));
    expect(status).toMatch(new RegExp(`^Gid:\t${CALLER}\t`, "m"));
  });

  test.each<[string, string, string, Parameters<typeof hardened>[2], string]>([
    [
      "read-only root",
      "touch /home/x 2>/dev/null && echo written || echo refused",
      "refused\n",
      { readOnlyRoot: false },
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
      "[ $(ls /sys/firmware | grep -c .) = 0 ] && echo masked || echo open",
      "masked\n",
      { systemPaths: "unconfined" },
      "open\n",
    ],
  ])("%s", (_, script, confined, loosened, loose) => {
    const tight = one(script);
    expect([tight.fault, tight.stdout]).toEqual([undefined, confined]);
    const open = one(script, loosened);
    expect([open.fault, open.stdout]).toEqual([undefined, loose]);
  });

  test("the network is its own", () => {
    const { stdout } = one("grep -c : /proc/net/dev; nc -w 1 192.0.2.1 80 </dev/null 2>&1");
    expect(stdout).toMatch(/^1\n/);
    expect(stdout).toContain("Network is unreachable");
  });

  test("what the caller may do is refused: its files, its processes, its mounts", () => {
    const script = `ls ${lab.folder} 2>&1; kill -0 ${process.pid} 2>&1; mount -t tmpfs x /tmp 2>&1; echo end`;
    expect(one(script).stdout).toMatch(/No such file[^]*No such process[^]*(not permitted|denied)[^]*end\n$/);
  });

  test("volumes and tmpfs belong to the container's user; nothing keeps set-id bits or devices", () => {
    const volume = {
      kind: "volume",
      name: "v",
      source: `${lab.folder}/volumes/v`,
      target: "/data",
      readOnly: false,
    } as const;
    const tmpfs = {
      kind: "tmpfs",
      target: "/tmp",
      size: 65536,
      mode: 0o1777,
      exec: false,
      uid: 999,
      gid: 999,
    } as const;
    const owner = { uid: 999, gid: 999, mode: 0o700 };
    const script =
      "stat -c '%u %a' /data /tmp; cat /data/seed; echo more > /data/more && grep ' /data ' /proc/mounts";
    const { stdout, fault } = one(script, {
      user: { uid: 999, gid: 999, groups: [] },
      mounts: [{ ...volume, owner }, tmpfs],
    });
    expect(fault).toBeUndefined();
    expect(stdout).toMatch(/^999 700\n999 1777\nfrom the image\n\S+ \/data \S+ rw,nosuid,nodev/);
  });

  test("exec is confined like the first process; a time-out ends what it started", () => {
    const script = "id -u; grep -E 'CapBnd|NoNew|Seccomp:' /proc/self/status; exit 4";
    const joined = one("sleep 60", {}, { exec: ["/bin/sh", "-c", script] });
    expect(joined.exec?.code, Buffer.from(joined.exec?.stderr ?? []).toString()).toBe(4);
    expect(Buffer.from(joined.exec?.stdout ?? []).toString()).toBe(
      "10001\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n",
    );
    expect(joined.exit).toMatchObject({ signal: "SIGKILL" });
    expect(one("sleep 60", {}, { exec: ["/bin/sleep", "50"], timeout: 300 }).exec?.timedOut).toBe(true);
    expect(traces(lab)).toEqual([]);
  });

  test("exit codes and signals arrive", () => {
    expect(one("exit 3").exit).toEqual({ code: 3, signal: undefined, outOfMemory: false });
    const trapped = one(
      "trap 'exit 5' TERM; while :; do sleep 0.05; done",
      {},
      {
        exec: ["/bin/sh", "-c", "sleep 0.2"],
        kill: "SIGTERM",
      },
    );
    expect(trapped.exit).toMatchObject({ code: 5 });
  });

  test("a first process that waits leaves no orphan, and its exit code is the service's", () => {
    const orphans = "sh -c 'sleep 0.1 & exit 0' >/dev/null; exec sleep 0.6";
    const left = (extras: { readonly init?: boolean }): string => {
      const look = ["/bin/sh", "-c", "sleep 0.3; cat /proc/[0-9]*/stat"];
      const { exec, fault } = one(orphans, { extras }, { exec: look });
      expect(fault).toBeUndefined();
      return Buffer.from(exec?.stdout ?? []).toString();
    };
    expect(left({})).toMatch(/\(sleep\) Z /);
    expect(left({ init: true })).toMatch(/\(tini-static|docker-init\) S /);
    expect(left({ init: true })).not.toMatch(/\) Z /);
    expect(one("exit 3", { extras: { init: true } }).exit).toMatchObject({ code: 3 });
  });

  test("a missing program is a fault, and nothing is left", () => {
    expect(one("true", { argv: ["/bin/no-such"] }).fault).toMatch(/^engine\/start: .*no-such/);
    expect(traces(lab)).toEqual([]);
  });

  test("works as well from inside such a namespace, as a stack's supervisor", () => {
    const inside = one("sleep 60", {}, { exec: ["/bin/id", "-u"] }, [
      "unshare",
      "--user",
      "--map-root-user",
      "--mount",
      "--net",
      "--",
    ]);
    expect([inside.fault, Buffer.from(inside.exec?.stdout ?? []).toString()]).toEqual([undefined, "10001\n"]);
    expect(traces(lab)).toEqual([]);
  });

  test("leftovers of a lost owner are removed", () => {
    expect(one("sleep 60", {}, { abandon: true }).status).toContain("Uid:");
    expect(traces(lab)).toEqual([]);
  });

  test("says what it cannot enforce", () => {
    const { facts } = one("true");
    expect(facts).toMatchObject({ rootless: true, local: true });
    expect([...facts.unable.keys()]).toEqual(["memory", "pids", "cpus", "groups", "owners"]);
  });
});
