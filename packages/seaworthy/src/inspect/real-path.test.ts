import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { entry } from "./image.fixture.ts";
import { realPathIn } from "./real-path.ts";

const link = (path: string, target: string) => entry(path, { kind: "symlink", target });

test("relative links lead where the kernel says", () => {
  const root = mkdtempSync(join(tmpdir(), "real-path-"));
  try {
    mkdirSync(join(root, "usr/local/bin"), { recursive: true });
    mkdirSync(join(root, "usr/lib/tool"), { recursive: true });
    writeFileSync(join(root, "usr/lib/tool/cli.js"), "");
    const links = [
      ["bin", "usr/local/bin"],
      ["usr/local/bin/tool", "../../lib/./tool//cli.js"],
      ["lib", "usr/lib/tool/../"],
      ["usr/again", "../lib"],
    ] as const;
    for (const [path, target] of links) symlinkSync(target, join(root, path));
    const realPath = realPathIn(links.map(([path, target]) => link(path, target)));
    for (const path of [
      "/bin/tool",
      "/lib/tool/cli.js",
      "/usr/again/tool/cli.js",
      "/usr/local/bin/tool",
      "/bin",
    ])
      expect(`/${realPath(path)}`).toBe(realpathSync(join(root, path)).slice(realpathSync(root).length));
  } finally {
    rmSync(root, { recursive: true });
  }
});

test.each<[string, string, string | undefined]>([
  ["an absolute link stays in the image", "/abs/x", "srv/x"],
  ["out of the image is its root", "/up/etc", "etc"],
  ["a circle", "/one/x", undefined],
  ["a link to itself", "/self", undefined],
  ["a link without a target", "/unknown/x", undefined],
  ["what nothing is said of", "/a/../b//c/", "b/c"],
  ["the root", "/", ""],
])("%s", (_, path, expected) => {
  const realPath = realPathIn([
    link("abs", "/srv"),
    link("up", "../../.."),
    link("one", "two"),
    link("two", "/one"),
    link("self", "self"),
    entry("unknown", { kind: "symlink" }),
  ]);
  expect(realPath(path)).toBe(expected);
});
