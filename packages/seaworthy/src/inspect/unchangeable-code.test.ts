import { describe, expect, test } from "vitest";
import { entry, findingOf, image, NODE } from "./image.fixture.ts";
import type { InspectedEntry, InspectedImage } from "./rule.ts";

const RULE = "unchangeable-code";
const OWN = { uid: 10001, gid: 10001 };
const dir = (path: string, more: Partial<InspectedEntry> = {}): InspectedEntry =>
  entry(path, { kind: "directory", mode: 0o755, size: 0, ...more });

function of(
  entries: readonly InspectedEntry[],
  runs: Partial<InspectedImage["runs"]> = {},
  volumes: readonly string[] = [],
): InspectedImage {
  const one = image({ entries: [NODE, ...entries] });
  const config = { ...one.image.config, volumes };
  return { ...one, image: { ...one.image, config }, runs: { ...one.runs, ...runs } };
}

const LINKS = [
  entry("bin", { kind: "symlink", target: "usr/bin" }),
  entry("usr/bin/tool", { kind: "symlink", target: "../../opt/tool/cli.js" }),
];

describe("can be changed", () => {
  test.each<[string, readonly InspectedEntry[], Partial<InspectedImage["runs"]>?]>([
    ["a file of the working directory", [entry("app/server.js", OWN)]],
    ["a library of it", [entry("app/node_modules/x/index.js", OWN)]],
    ["a library elsewhere", [entry("opt/node_modules/x/index.js", OWN)]],
    ["a program of PATH", [entry("usr/bin/x", { ...OWN, mode: 0o755 })]],
    ["the program itself", [entry("srv/run", OWN)], { argv: ["/srv/run"] }],
    ["a script that it is given", [entry("srv/main.js", OWN)], { argv: ["node", "/srv/main.js"] }],
    ["one by way of a relative path", [entry("srv/main.js", OWN)], { argv: ["node", "../srv/main.js"] }],
    [
      "one in a line of a shell",
      [entry("srv/go.sh", OWN)],
      { argv: ["/bin/sh", "-c", "exec /srv/go.sh -v"] },
    ],
    ["a program behind links", [...LINKS, entry("opt/tool/cli.js", OWN)], { argv: ["tool"], path: "/bin" }],
    [
      "code of a group that it is in",
      [entry("app/x.js", { gid: 7, mode: 0o664 })],
      { user: { uid: 5, gid: 5, groups: [7] } },
    ],
    ["a folder of code: another file takes its place", [dir("app", OWN), entry("app/dist/server.js")]],
    ["a folder high above it", [dir("app"), dir("app/dist", OWN), entry("app/dist/a/b.js")]],
    ["a file that everybody may write", [entry("etc/x.conf", { mode: 0o646 })]],
    ["a sticky file, which is no better", [entry("etc/x.conf", { mode: 0o1646 })]],
    ["a folder that everybody may write", [dir("srv/x", { mode: 0o777 })]],
    ["for root, too", [dir("srv/x", { mode: 0o777 })], { user: { uid: 0, gid: 0, groups: [] } }],
    ["beside a folder with a name that begins alike", [dir("tmpfiles", { mode: 0o777 })]],
  ])("%s", async (_, entries, runs) => {
    const { verdict, hardened } = await findingOf(RULE, of(entries, runs));
    expect(verdict).toBe("breached");
    expect(hardened?.summary.en).toMatch(/^1 can be changed, the first is \//);
  });
});

describe("cannot", () => {
  test.each<[string, readonly InspectedEntry[], Partial<InspectedImage["runs"]>?, (readonly string[])?]>([
    ["root's", [dir("app"), entry("app/server.js")]],
    ["its own, that nobody may write", [entry("app/server.js", { ...OWN, mode: 0o444 })]],
    ["another user's", [entry("app/server.js", { uid: 5, gid: 5, mode: 0o664 })]],
    ["its own data outside the code", [dir("home/app", OWN), entry("home/app/.profile", OWN)]],
    ["an empty folder of its own in the working directory", [dir("app/uploads", OWN)]],
    ["a sticky folder", [dir("srv/spool", { mode: 0o1777 })]],
    ["a link, whose mode is no one's", [entry("app/link", { kind: "symlink", mode: 0o777, target: "x" })]],
    [
      "what a mount hides",
      [dir("app/data", { mode: 0o777 }), entry("app/data/x", OWN)],
      { mounts: ["/app/data/"] },
    ],
    ["what a volume hides", [dir("data", { mode: 0o777 })], {}, ["/data"]],
    [
      "what a mount behind a link hides",
      [entry("store", { kind: "symlink", target: "/srv/store" }), dir("srv/store", { mode: 0o777 })],
      { mounts: ["/store"] },
    ],
    [
      "places that are for writing, or the kernel's",
      ["tmp/x", "var/tmp/x", "run/lock", "dev/shm", "proc/x", "sys/x"].map((path) =>
        dir(path, { mode: 0o777 }),
      ),
    ],
    ["data, where the working directory is the root", [entry("srv/x", OWN)], { workingDirectory: "/" }],
    ["an argument that is no file", [entry("srv/x", OWN)], { argv: ["node", "-e", "", "--", "srv"] }],
    [
      "what a circle of links keeps",
      [entry("a", { kind: "symlink", target: "b" }), entry("b", { kind: "symlink", target: "a" })],
      { argv: ["/a"], workingDirectory: "/a/x", path: "/b::relative" },
    ],
  ])("%s", async (_, entries, runs, volumes) => {
    expect((await findingOf(RULE, of(entries, runs, volumes))).verdict).toBe("held");
  });

  test("of root's own code nothing is said: no mode keeps root out", async () => {
    const root = { uid: 0, gid: 0, groups: [] };
    expect((await findingOf(RULE, of([entry("app/x.js")], { user: root }))).verdict).toBe("absent");
  });
});

test("what it says names owner and mode", async () => {
  const { hardened } = await findingOf(RULE, of([entry("app/x.js", { ...OWN, mode: 0o64 + 0o600 })]));
  expect(hardened?.summary.en).toBe("1 can be changed, the first is /app/x.js (10001:10001, mode 0664)");
  expect(hardened?.steps.at(-1)).toEqual({ did: "/app/x.js", saw: "10001:10001, mode 0664" });
});
