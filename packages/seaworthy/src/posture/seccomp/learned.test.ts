import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allowedNames, isNarrower, learnedProfile } from "./learned.ts";
import { allowing, allowsCall, allowsFamily, portableProfile } from "./portable.ts";
import { resolveProfile } from "./profile.ts";
import { withSiblings } from "./siblings.ts";
import { AF_NETLINK, strictProfile } from "./strict-profile.ts";

const NAMES = allowedNames(portableProfile());
const calls = fc.subarray([...NAMES, "reboot", "io_uring_setup"], { maxLength: 80 });
const BASES = { baseline: portableProfile(), strict: strictProfile() };
const base = fc.constantFrom(...Object.values(BASES));

test("it only takes away, keeps what was seen, and learning it again changes nothing", () => {
  fc.assert(
    fc.property(base, calls, (from, seen) => {
      const learned = learnedProfile(from, seen);
      expect(isNarrower(learned, from)).toBe(true);
      for (const name of seen) expect(allowsCall(learned, name)).toBe(allowsCall(from, name));
      expect(learnedProfile(from, allowedNames(learned))).toEqual(learned);
    }),
  );
});

test("runs add up, in whatever order", () => {
  fc.assert(
    fc.property(base, calls, calls, (from, one, other) => {
      const merged = learnedProfile(from, [...one, ...other]);
      expect(learnedProfile(from, [...allowedNames(learnedProfile(from, other)), ...one])).toEqual(merged);
    }),
  );
});

test("conditions of the base stay: arguments, capabilities, processors", () => {
  const learned = learnedProfile(BASES.strict, ["socket", "clone", "personality", "mount"]);
  expect(allowsFamily(learned, AF_NETLINK)).toBe(false);
  expect(allowsFamily(learned, 2)).toBe(true);
  const without = resolveProfile(learned, { capabilities: [], architecture: "amd64", kernel: "6.1" });
  expect(without.architectures).toEqual(["SCMP_ARCH_X86_64"]);
  expect(without.syscalls.flatMap(({ names }) => names)).not.toContain("mount");
  expect(without.syscalls.find(({ names }) => names.includes("personality"))?.args).toBeDefined();
});

describe("narrower", () => {
  const learned = learnedProfile(BASES.strict, []);

  test.each([
    ["what was cut out of it", learned, BASES.strict, true],
    ["and out of a wider one", BASES.strict, BASES.baseline, false],
    ["not itself", BASES.strict, BASES.strict, false],
    ["not with one call more", allowing(learned, ["ptrace"]), BASES.strict, false],
    ["not with one argument more", allowing(learned, ["socket"]), BASES.strict, false],
    ["not one that allows by default", { ...learned, defaultAction: "SCMP_ACT_LOG" }, BASES.strict, false],
  ])("%s", (_, one, other, expected) => expect(isNarrower(one, other)).toBe(expected));
});

test("siblings are calls that the default profile knows, each in one family", () => {
  const families = new Map(NAMES.map((name) => [name, withSiblings([name])]));
  for (const [name, family] of families) {
    expect(family.has(name)).toBe(true);
    for (const other of family) expect(withSiblings([other]), `${name}, ${other}`).toEqual(family);
  }
  const grouped = [...families.values()].filter(({ size }) => size > 1);
  expect(grouped.length).toBeGreaterThan(90);
});
