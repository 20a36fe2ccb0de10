import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fault } from "../fault/fault.ts";
import { checkConsistency } from "./consistency.ts";
import { parseLock } from "./lock.ts";
import { parseManifest } from "./manifest.ts";
import { makeLock } from "./tarball.fixture.ts";

describe("parseLock", () => {
  it("tells an alias from its folder and an entry from its flags", () => {
    const lock = makeLock(
      { dependencies: { a: "npm:b@1" } },
      {
        "node_modules/a": {
          name: "b",
          version: "1.0.0",
          os: "linux",
          bin: "x.js",
          devOptional: true,
          engines: [],
        },
      },
    );
    expect(lock.nodes.get("node_modules/a")).toMatchObject({
      name: "b",
      os: ["linux"],
      bin: new Map([["b", "x.js"]]),
      devOptional: true,
      dev: false,
    });
  });

  it.each([
    ["not JSON", '{\n"a": }', "npm/not-json"],
    ["a list", "[]", "npm/not-json"],
    ["version 1", '{"lockfileVersion":1,"dependencies":{}}', "npm/lock-version"],
    ["no packages", '{"lockfileVersion":3}', "npm/lock-malformed"],
    ["no project", '{"lockfileVersion":3,"packages":{}}', "npm/lock-malformed"],
    ["a way out", '{"lockfileVersion":3,"packages":{"":{},"node_modules/../../x":{}}}', "npm/lock-malformed"],
    ["an absolute path", '{"lockfileVersion":3,"packages":{"":{},"/etc":{}}}', "npm/lock-malformed"],
    [
      "a package called .bin",
      '{"lockfileVersion":3,"packages":{"":{},"node_modules/.bin":{}}}',
      "npm/lock-malformed",
    ],
    [
      "a number for a version",
      '{"lockfileVersion":3,"packages":{"":{},"node_modules/a":{"version":1}}}',
      "npm/lock-malformed",
    ],
  ])("refuses %s", (_what, text, code) => {
    expect(() => parseLock(text, "package-lock.json")).toThrow(expect.objectContaining({ code }));
  });

  it("names the line of a merge conflict", () => {
    const text = '{\n  "lockfileVersion": 3,\n<<<<<<< HEAD\n}';
    expect(() => parseLock(text, "package-lock.json")).toThrow(
      expect.objectContaining({
        place: { file: "package-lock.json", line: 3 },
        hint: expect.stringContaining("merge"),
      }),
    );
  });

  it("answers any JSON with a lock or a Fault", () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (path, value) => {
        const text = `{"lockfileVersion":3,"packages":{"":${value},${JSON.stringify(path)}:${value}}}`;
        try {
          parseLock(text, "lock");
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});

describe("checkConsistency", () => {
  const lock = makeLock(
    { dependencies: { a: "^1.0.0", b: "1" }, optionalDependencies: { b: "1" }, devDependencies: { c: "1" } },
    {
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b": { version: "1.0.0" },
      "node_modules/c": { version: "1.0.0" },
    },
  );

  it("accepts a manifest that fits", () => {
    const text =
      '{"dependencies":{"a":"^1.0.0"},"optionalDependencies":{"b":"1"},"devDependencies":{"c":"1"}}';
    expect(() => checkConsistency(parseManifest(text, "package.json"), lock)).not.toThrow();
  });

  it("names every difference at once", () => {
    const text = '{"dependencies":{"a":"^2.0.0","d":"1"},"optionalDependencies":{"b":"1"}}';
    expect(() => checkConsistency(parseManifest(text, "package.json"), lock)).toThrow(
      expect.objectContaining({
        code: "npm/lock-out-of-step",
        message: expect.stringMatching(/a of dependencies is "\^2.0.0".*d@1 of dependencies.*c is locked/),
        hint: expect.stringContaining("npm install --package-lock-only"),
      }),
    );
  });
});
