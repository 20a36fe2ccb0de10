import { describe, expect, it } from "vitest";
import { claimBins, normalizeBins, withUnixHashbang } from "./bins.ts";

describe("normalizeBins", () => {
  it.each([
    ["plain", "x", "bin/x.js", "x", "bin/x.js"],
    ["scoped", "@a/x", "./x.js", "x", "x.js"],
    ["a name that climbs", "../../x", "x.js", "x", "x.js"],
    ["a file that climbs", "x", "../../../etc/passwd", "x", "etc/passwd"],
    ["backslashes and colons", "c:\\x", "bin\\x.js", "x", "bin/x.js"],
    ["nothing left of the name", "..", "x.js", undefined, undefined],
    ["nothing left of the file", "x", "..", undefined, undefined],
  ])("%s", (_what, name, file, cleanName, cleanFile) => {
    const expected = cleanName === undefined ? [] : [[cleanName, cleanFile]];
    expect([...normalizeBins(new Map([[name, file]]))]).toEqual(expected);
  });
});

describe("claimBins", () => {
  it("gives a name to the shallowest, then the first by path, in each node_modules", () => {
    const bin = new Map([["x", "x.js"]]);
    const paths = ["node_modules/b", "node_modules/@s/a", "node_modules/b/node_modules/c"];
    const links = claimBins(paths.map((path) => ({ path, bin })));
    expect(links.map(({ path, target }) => `${path} -> ${target}`)).toEqual([
      "node_modules/.bin/x -> ../@s/a/x.js",
      "node_modules/b/node_modules/.bin/x -> ../c/x.js",
    ]);
  });
});

describe("withUnixHashbang", () => {
  it.each([
    ["#!/usr/bin/env node\r\nx\r\n", "#!/usr/bin/env node\nx\r\n"],
    ["#!/usr/bin/env node\nx\r\n", "#!/usr/bin/env node\nx\r\n"],
    ["x\r\n#!y\r\n", "x\r\n#!y\r\n"],
  ])("%j", (before, after) => {
    expect(Buffer.from(withUnixHashbang(Buffer.from(before))).toString()).toBe(after);
  });
});
