import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareVersions } from "./version.ts";

/** One shell for all pairs: a process per pair would take seconds. */
function dpkgOrders(pairs: readonly (readonly [string, string])[]): readonly number[] {
  const script =
    'while [ $# -gt 0 ]; do if dpkg --compare-versions "$1" lt "$2"; then echo -1; elif dpkg --compare-versions "$1" gt "$2"; ' +
    "then echo 1; else echo 0; fi; shift 2; done";
  const output = execFileSync("sh", ["-c", script, "sh", ...pairs.flat()], { encoding: "utf8" });
  return output.trim().split("\n").map(Number);
}

const HARD: readonly (readonly [string, string])[] = [
  ["1.0", "1.0-0"],
  ["1.0~rc1", "1.0"],
  ["1.0~~", "1.0~~a"],
  ["1.0~", "1.0"],
  ["1:0.1", "2.0"],
  ["0:1", "1"],
  ["1.01", "1.1"],
  ["1.0010", "1.9"],
  ["1.0+b1", "1.0"],
  ["1.0a", "1.0+"],
  ["1.0-1~bpo12+1", "1.0-1"],
  ["2.41-12", "2.41-12+deb13u5"],
  ["1.2-3-4", "1.2-3"],
  ["0.0", "0"],
  ["1a", "1aa"],
  ["1.2.13.dfsg-1", "1:1.2.13.dfsg-1"],
  ["1-00", "1-0"],
  ["99999999999999999999.1", "99999999999999999999.2"],
];

test("orders the hard cases as dpkg does, both ways round", () => {
  const pairs = HARD.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
  expect(pairs.map(([a, b]) => Math.sign(compareVersions(a, b)))).toEqual(dpkgOrders(pairs));
});

const part = fc.string({ unit: fc.constantFrom(...Array.from("019aZ.+~")), maxLength: 6 });
const version = fc
  .tuple(fc.constantFrom("", "0:", "1:"), part, fc.option(part))
  .map(([epoch, upstream, revision]) => `${epoch}0${upstream}${revision === null ? "" : `-0${revision}`}`);

test("orders generated versions as dpkg does", () => {
  const pairs = fc.sample(fc.tuple(version, version), 300);
  expect(pairs.map(([a, b]) => Math.sign(compareVersions(a, b)))).toEqual(dpkgOrders(pairs));
});

test("is an order: antisymmetric and transitive", () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
      const [low, middle, high] = [a, b, c].toSorted(compareVersions) as [string, string, string];
      expect(compareVersions(low, middle)).toBeLessThanOrEqual(0);
      expect(compareVersions(low, high)).toBeLessThanOrEqual(0);
    }),
  );
});
