import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Container, Mount } from "../engine/container.ts";
import type { Image } from "../oci/image.ts";
import type { Control } from "./control.ts";
import { controlsOf } from "./controls.ts";
import { harden } from "./harden.ts";

const CONTROLS: readonly Control[] = controlsOf("strict");

const id = fc.constantFrom(0, 10001);
const maybe = (value: number) => fc.constantFrom(undefined, value);
const mount: fc.Arbitrary<Mount> = fc.oneof(
  fc.record({
    kind: fc.constant("tmpfs" as const),
    target: fc.constant("/tmp"),
    size: maybe(1024),
    mode: fc.constant(0o1777),
    exec: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("bind" as const),
    source: fc.constant("/"),
    target: fc.constant("/host"),
    readOnly: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("volume" as const),
    name: fc.constant("d"),
    source: fc.constant("/v"),
    target: fc.constant("/data"),
    readOnly: fc.boolean(),
  }),
);
const container: fc.Arbitrary<Container> = fc.record({
  name: fc.constant("app"),
  image: fc.constant({} as Image),
  argv: fc.constant(["run"]),
  env: fc.constant(new Map()),
  workingDirectory: fc.constant("/"),
  mounts: fc.array(mount, { maxLength: 3 }),
  stopSignal: fc.constant("SIGTERM"),
  stopGrace: fc.constant(1000),
  user: fc.record({ uid: id, gid: id, groups: fc.array(id, { maxLength: 2 }) }),
  readOnlyRoot: fc.boolean(),
  noNewPrivileges: fc.boolean(),
  capabilities: fc.subarray(["CHOWN", "SYS_ADMIN", "NET_RAW"]),
  seccomp: fc.constantFrom("default" as const, "unconfined" as const),
  systemPaths: fc.constantFrom("default" as const, "unconfined" as const),
  hostDevices: fc.boolean(),
  network: fc.constantFrom("private" as const, "host" as const),
  pid: fc.constantFrom("private" as const, "host" as const),
  ipc: fc.constantFrom("private" as const, "host" as const, "none" as const),
  uts: fc.constantFrom("private" as const, "host" as const),
  limits: fc.record({
    memory: maybe(1),
    pids: maybe(1),
    cpus: fc.constant(undefined),
    shmSize: fc.constant(1),
  }),
});

test("hardening twice is hardening once, and the order does not matter", () => {
  fc.assert(
    fc.property(
      container,
      fc.shuffledSubarray([...CONTROLS], { minLength: CONTROLS.length }),
      (subject, shuffled) => {
        const hardened = harden(subject, CONTROLS);
        expect(harden(hardened, CONTROLS)).toEqual(hardened);
        expect(harden(subject, shuffled)).toEqual(hardened);
      },
    ),
  );
});

test("no control gives what was not there", () => {
  fc.assert(
    fc.property(container, fc.constantFrom(...CONTROLS), (before, control) => {
      const after = control.apply(before);
      expect(before.readOnlyRoot && !after.readOnlyRoot).toBe(false);
      expect(before.noNewPrivileges && !after.noNewPrivileges).toBe(false);
      expect(after.capabilities.every((name) => before.capabilities.includes(name))).toBe(true);
      expect(before.user.uid !== 0 && after.user.uid === 0).toBe(false);
      expect(before.seccomp === "default" && after.seccomp !== "default").toBe(false);
      expect(before.network === "private" && after.network !== "private").toBe(false);
      expect(before.pid === "private" && after.pid !== "private").toBe(false);
      expect(before.uts === "private" && after.uts !== "private").toBe(false);
      const isolation = ["host", "private", "none"];
      expect(isolation.indexOf(after.ipc)).toBeGreaterThanOrEqual(isolation.indexOf(before.ipc));
      expect(!before.hostDevices && after.hostDevices).toBe(false);
      expect(after.mounts.length).toBeLessThanOrEqual(before.mounts.length);
      expect(before.limits.pids !== undefined && after.limits.pids === undefined).toBe(false);
    }),
  );
});

describe.each(CONTROLS.map((control) => [control.id, control] as const))("%s", (_, control) => {
  test("its twin differs from a hardened container, and hardening the twin takes the difference back", () => {
    fc.assert(
      fc.property(container, (subject) => {
        const hardened = harden(subject, CONTROLS);
        const loosened = control.loosen(hardened);
        if (loosened === undefined) {
          expect(subject.mounts.some((one) => one.kind === "tmpfs")).toBe(false);
          return;
        }
        expect(loosened.container).not.toEqual(hardened);
        // SYS_ADMIN is the one capability that its control gives on top of none.
        expect(harden(loosened.container, CONTROLS)).toMatchObject({
          ...hardened,
          user: expect.objectContaining({
            uid: hardened.user.uid === 0 ? 65534 : (expect.any(Number) as number),
          }) as object,
          limits: expect.anything() as object,
          mounts: expect.anything() as object,
        });
      }),
    );
  });

  test("says what it claims and how to set it, in both languages", () => {
    for (const text of [control.claim, control.fix]) expect(text.en && text.ru).toBeTruthy();
    expect(control.claim.en).not.toBe(control.claim.ru);
  });
});
