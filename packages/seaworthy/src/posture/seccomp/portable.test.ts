import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Container } from "../../engine/container.ts";
import { STRICT_CONTROLS } from "../controls.ts";
import { harden } from "../harden.ts";
import { ALLOWED } from "./allowed.ts";
import { BY_CAPABILITY } from "./conditional.ts";
import { nativeOnly, takes32BitCalls, taking32BitCalls } from "./entry-points.ts";
import {
  allowing,
  allowsCall,
  allowsFamily,
  portableProfile,
  profileOf,
  refusing,
  refusingFamily,
} from "./portable.ts";
import { parseProfile, resolveProfile, type SeccompProfile, withProfile } from "./profile.ts";
import { resolveSeccomp } from "./resolve.ts";
import type { RuntimeSeccomp } from "./runtime-seccomp.ts";
import { strictProfile } from "./strict-profile.ts";

const subject = fc.record({
  capabilities: fc.subarray([...BY_CAPABILITY.keys(), "CHOWN", "NET_RAW"]),
  architecture: fc.constantFrom("amd64" as const, "arm64" as const),
});

/** What a filter does, whatever rules say it: each call with its comparisons. */
function effect({ syscalls, ...more }: RuntimeSeccomp): unknown {
  const rules = syscalls.flatMap(({ names, ...rule }) => names.map((name) => JSON.stringify([name, rule])));
  return { ...more, rules: [...new Set(rules)].toSorted() };
}

test("the portable profile is the default one, for every processor and every set of capabilities", () => {
  fc.assert(
    fc.property(subject, (one) => {
      expect(effect(resolveProfile(portableProfile(), { ...one, kernel: "6.1.0" }))).toEqual(
        effect(resolveSeccomp(one)),
      );
    }),
  );
});

const container = { seccomp: "default", capabilities: [], ipc: "private" } as unknown as Container;

describe("strict", () => {
  const strict = strictProfile();

  test("is what all of its controls make of the default", () => {
    expect(profileOf(harden(container, STRICT_CONTROLS))).toEqual(strict);
  });

  test("takes away what its controls name, and nothing else", () => {
    const names = (profile: SeccompProfile): readonly string[] => [
      ...new Set(profile.syscalls.flatMap((rule) => rule.names)),
    ];
    const taken = names(portableProfile()).filter((name) => !names(strict).includes(name));
    expect(taken.toSorted()).toEqual([
      ...["memfd_create", "memfd_secret", "mknod", "mknodat", "name_to_handle_at"],
      ...["process_vm_readv", "process_vm_writev", "ptrace"],
    ]);
    const families = Array.from({ length: 47 }, (_, family) => family);
    const native = nativeOnly(portableProfile());
    expect(
      families.filter((family) => allowsFamily(native, family) !== allowsFamily(strict, family)),
    ).toEqual([16]);
    const closed = families.filter((family) => !allowsFamily(portableProfile(), family));
    expect(closed, "a program of 32 bits opens any").toEqual([]);
    expect(allowsFamily(strict, 1) && allowsFamily(strict, 2) && allowsFamily(strict, 10)).toBe(true);
  });

  test("is the same text whichever control came first", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...STRICT_CONTROLS], { minLength: STRICT_CONTROLS.length }),
        (shuffled) => {
          expect(profileOf(harden(container, shuffled))).toEqual(strict);
        },
      ),
    );
  });

  test.each(
    STRICT_CONTROLS.filter(({ key }) => key === "security_opt").map(
      (control) => [control.id, control] as const,
    ),
  )("%s: the twin allows what it refuses, and the control takes it back", (_, control) => {
    const hardened = withProfile(container, strict);
    const twin = control.loosen(hardened)?.container;
    if (twin === undefined) throw new Error("no twin");
    expect(profileOf(twin)).not.toEqual(strict);
    expect(profileOf(twin).syscalls.length).toBeGreaterThanOrEqual(strict.syscalls.length);
    expect(profileOf(control.apply(twin))).toEqual(strict);
    expect(control.apply(hardened)).toBe(hardened);
  });
});

test("a family is refused whoever allowed it", () => {
  const open = (rule: Partial<SeccompProfile["syscalls"][number]>): SeccompProfile => ({
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [{ names: ["socket", "read"], action: "SCMP_ACT_ALLOW", ...rule }],
  });
  for (const profile of [open({}), open({ args: [{ index: 0, value: 38, op: "SCMP_CMP_LT" }] })]) {
    const narrowed = refusingFamily(profile, 16);
    expect([15, 16, 17].map((family) => allowsFamily(narrowed, family))).toEqual([true, false, true]);
    expect(allowsCall(narrowed, "read")).toBe(true);
  }
});

test("what names 32-bit programs takes their calls, and no longer when it is native", () => {
  const base: SeccompProfile = { defaultAction: "SCMP_ACT_ERRNO", syscalls: [] };
  const both = { ...base, architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"] };
  expect([base, both, taking32BitCalls(base), taking32BitCalls(both)].map(takes32BitCalls)).toEqual([
    ...[false, true, true, true],
  ]);
  expect(nativeOnly(both).architectures).toEqual(["SCMP_ARCH_X86_64"]);
  expect(takes32BitCalls(nativeOnly(taking32BitCalls(both)))).toBe(false);
  expect(nativeOnly(base), "it has no other door").toEqual(base);
});

test("allowing and refusing are opposites, and know what is there", () => {
  const profile = portableProfile();
  expect(allowsCall(profile, "reboot")).toBe(true);
  expect(allowsCall(refusing(profile, ["reboot"]), "reboot")).toBe(false);
  expect(allowsCall(allowing(refusing(profile, ["read"]), ["read"]), "read")).toBe(true);
  expect(ALLOWED.length).toBeGreaterThan(0);
});

test.each(["{", "{}", '{"defaultAction":1}', '{"defaultAction":"x","syscalls":[{"names":"read"}]}', "null"])(
  "%s is no profile",
  (text) => expect(() => parseProfile(text)).toThrow(/seccomp profile|null/),
);
