import { describe, expect, it } from "vitest";
import { fits, type Platform, selectPackages } from "./select.ts";
import { makeLock } from "./tarball.fixture.ts";

const platform: Platform = { os: "linux", cpu: "x64", libc: "glibc", node: "24.1.0" };

describe("fits", () => {
  it.each([
    [[], true],
    [["any"], true],
    [["linux", "darwin"], true],
    [["darwin"], false],
    [["!win32"], true],
    [["!linux"], false],
    [["!win32", "darwin"], false],
    [["linux", "!linux"], false],
  ])("%j for linux: %s", (wanted, expected) => {
    expect(fits("linux", wanted)).toBe(expected);
  });
});

describe("selectPackages", () => {
  const names = (root: object, nodes: Parameters<typeof makeLock>[1], dev = false): readonly string[] =>
    selectPackages(makeLock({ ...root }, nodes), { platform, dev }).packages.map((item) => item.path);
  const at = (more: object): Record<string, unknown> => ({ version: "1.0.0", ...more });

  it("leaves out dev, keeps devOptional and peer, never takes extraneous", () => {
    const root = { dependencies: { p: "1" }, devDependencies: { d: "1" }, optionalDependencies: { o: "1" } };
    const nodes = {
      "node_modules/d": at({ dev: true }),
      "node_modules/e": at({ extraneous: true }),
      "node_modules/o": at({ devOptional: true }),
      "node_modules/p": at({ peer: true }),
    };
    expect(names(root, nodes)).toEqual(["node_modules/o", "node_modules/p"]);
    expect(names(root, nodes, true)).toEqual(["node_modules/d", "node_modules/o", "node_modules/p"]);
  });

  it("takes an optional package's own dependencies out with it, but not what others need", () => {
    const root = { dependencies: { shared: "1" }, optionalDependencies: { mac: "1" } };
    const nodes = {
      "node_modules/mac": at({ optional: true, os: ["darwin"], dependencies: { only: "1", shared: "1" } }),
      "node_modules/only": at({ optional: true }),
      "node_modules/shared": at({}),
    };
    expect(names(root, nodes)).toEqual(["node_modules/shared"]);
  });

  it("goes up to the optional edge: who cannot do without it goes too", () => {
    const root = { optionalDependencies: { wrapper: "1" } };
    const nodes = {
      "node_modules/wrapper": at({ optional: true, dependencies: { mac: "1", other: "1" } }),
      "node_modules/mac": at({ optional: true, cpu: ["arm64"] }),
      "node_modules/other": at({ optional: true }),
    };
    expect(names(root, nodes)).toEqual([]);
  });

  it("leaves out optional packages for another C library or Node", () => {
    const root = { optionalDependencies: { a: "1", b: "1", c: "1" } };
    const nodes = {
      "node_modules/a": at({ optional: true, libc: ["musl"] }),
      "node_modules/b": at({ optional: true, engines: { node: ">=99" } }),
      "node_modules/c": at({ optional: true, libc: ["glibc"], engines: { node: ">=20" } }),
    };
    expect(names(root, nodes)).toEqual(["node_modules/c"]);
  });

  it.each([
    ["another platform", { os: ["win32"] }, "npm/platform"],
    ["a link", { link: true, resolved: "packages/a" }, "npm/linked-package"],
    ["a repository", { resolved: "git+ssh://git@example.org/a.git#abc" }, "npm/git-dependency"],
    ["a lock inside", { hasShrinkwrap: true }, "npm/shrinkwrap"],
    ["a missing dependency", { dependencies: { gone: "1" } }, "npm/lock-incomplete"],
    ["a missing optional dependency", { optionalDependencies: { gone: "1" } }, "npm/lock-incomplete"],
  ])("refuses %s", (_what, fields, code) => {
    expect(() => names({ dependencies: { a: "1" } }, { "node_modules/a": at(fields) })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
