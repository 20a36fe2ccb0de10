import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entry, findingOf, image, NODE } from "./image.fixture.ts";
import type { InspectedEntry, InspectedImage } from "./rule.ts";

const RULE = "sound-accounts";
const PASSWD = "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n";

function accounts(files: Record<string, string>, more: readonly InspectedEntry[] = []): InspectedImage {
  const paths = Object.keys(files).map((path) => entry(path));
  return image({ entries: [NODE, ...more, ...paths] }, files);
}

describe("what is wrong with accounts", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ["an empty password", { "etc/passwd": "root::0:0:::\n" }, /passwd: an empty password for root$/],
    [
      "an empty password in shadow",
      { "etc/passwd": PASSWD, "etc/shadow": "root:*:1::::::\nnode::1::::::\n" },
      /shadow: an empty password for node$/,
    ],
    ["a second root", { "etc/passwd": `${PASSWD}toor:x:0:0:::\n` }, /uid 0 for root, toor$/],
    [
      "a second root, written otherwise",
      { "etc/passwd": `${PASSWD}toor:x:+00:0::` },
      /uid 0 for root, toor$/,
    ],
    ["two with one number", { "etc/passwd": `${PASSWD}www:x:1000:3:::\n` }, /uid 1000 for node, www$/],
    ["two with one name", { "etc/passwd": `${PASSWD}node:x:1001:3:::\n` }, /two entries for node$/],
    [
      "two groups with one number",
      { "etc/passwd": PASSWD, "etc/group": "a:x:5:\nb:x:5:\n" },
      /gid 5 for a, b$/,
    ],
    [
      "two groups with one name",
      { "etc/passwd": PASSWD, "etc/group": "a:x:5:\na:x:6:\n" },
      /two entries for a$/,
    ],
  ])("%s", async (_, files, summary) => {
    const { verdict, hardened } = await findingOf(RULE, accounts(files));
    expect(verdict).toBe("breached");
    expect(hardened?.summary.en).toMatch(summary);
  });
});

describe("what is not", () => {
  test.each<[string, Record<string, string>]>([
    [
      "locked in each of the usual ways",
      { "etc/passwd": PASSWD, "etc/shadow": "root:*:1:\nnode:!:1:\na:!!:\nb:x:" },
    ],
    ["a password", { "etc/passwd": PASSWD, "etc/shadow": "root:$6$salt$HASH:1::::::\n" }],
    ["no end of line, no shell, and one group for two accounts", { "etc/passwd": "a:x:1:100\nb:x:2:100" }],
    ["a group without a password", { "etc/passwd": PASSWD, "etc/group": "users::100:\n" }],
    ["lines of NIS, comments and empty lines", { "etc/passwd": `${PASSWD}+::::::\n-x::::::\n# a::0:\n\n` }],
    ["lines that are none", { "etc/passwd": `${PASSWD}nonsense\n:::::\nroot\n::0:0::\nx:x\n` }],
    [
      "numbers that are none",
      { "etc/passwd": `${PASSWD}a:x::\nb:x::\nc:x:zero:\nd:x:99999999999:\ne:x:99999999999:` },
    ],
  ])("%s", async (_, files) => {
    expect((await findingOf(RULE, accounts(files))).verdict).toBe("held");
  });

  const MASTER = "/usr/share/base-passwd";
  test.skipIf(!existsSync(MASTER))("Debian's own accounts", async () => {
    const read = (name: string): string => readFileSync(`${MASTER}/${name}.master`, "latin1");
    // Debian writes them with an empty second field for a script to fill with x or *.
    const files = { "etc/passwd": read("passwd").replaceAll("::", ":x:"), "etc/group": read("group") };
    const { verdict, hardened } = await findingOf(RULE, accounts(files));
    expect(verdict).toBe("held");
    expect(hardened?.steps[0]?.saw).toMatch(/^1\d entries$/);
  });
});

test("a hash is never told, and nothing of a name steers a terminal", async () => {
  const evil = "\u001b[2J\u009bx";
  const files = { "etc/passwd": `root:SECRETHASH:0:0:\n${evil}:SECRETHASH:0:0:\n` };
  const said = JSON.stringify(await findingOf(RULE, accounts(files)));
  expect(said).not.toContain("SECRETHASH");
  expect(said).toContain(String.raw`\\x1b[2J\\x9bx`);
  expect(said).not.toMatch(/\u001b|\u009b|\\u00/);
});

test("an image without accounts has none to judge, whatever its shadow says", async () => {
  expect((await findingOf(RULE, accounts({ "etc/shadow": "root::\n" }))).verdict).toBe("absent");
  const gone = entry("etc/passwd", { kind: "symlink", target: "/nowhere" });
  expect((await findingOf(RULE, accounts({}, [gone]))).verdict).toBe("absent");
});

test("a link is followed, and one that cannot be is no pass", async () => {
  const link = entry("etc/passwd", { kind: "symlink", target: "../nix/passwd" });
  expect((await findingOf(RULE, accounts({ "nix/passwd": "root::0:0:" }, [link]))).verdict).toBe("breached");
  const circle = entry("etc/passwd", { kind: "symlink", target: "passwd" });
  expect((await findingOf(RULE, accounts({}, [circle]))).verdict).toBe("unproven");
  const hardLink = image({ entries: [entry("etc/passwd")], read: () => Promise.resolve(new Map()) });
  expect((await findingOf(RULE, hardLink)).verdict).toBe("unproven");
});

test("any bytes are judged, and so is a very long file", async () => {
  const line = fc.array(fc.constantFrom("root", "", "0", "x", ":", ":", "\0", "\u00ff", " ", "\r"));
  await fc.assert(
    fc.asyncProperty(fc.array(line), async (lines) => {
      const text = lines.map((parts) => parts.join("")).join("\n");
      const files = { "etc/passwd": text, "etc/group": text, "etc/shadow": text };
      expect(["held", "breached"]).toContain((await findingOf(RULE, accounts(files))).verdict);
    }),
  );
  const many = Array.from({ length: 200_000 }, (_, index) => `u${index}:x:${index % 100_000}:0:::`).join(
    "\n",
  );
  const { hardened } = await findingOf(RULE, accounts({ "etc/passwd": many }));
  expect(hardened?.summary.en).toMatch(/^100000 found/);
  expect(hardened?.steps.length).toBeLessThan(30);
});
