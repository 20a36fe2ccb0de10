import { describe, expect, it } from "vitest";
import { makeTarball } from "./tarball.fixture.ts";
import { unpackTarball } from "./tarball.ts";

describe("unpackTarball", () => {
  it("drops the first folder, links and devices, and evens out modes", async () => {
    const tree = await unpackTarball(
      makeTarball([
        { name: "anything/", type: "5", mode: 0o700 },
        { name: "anything/empty/", type: "5" },
        { name: "anything/a.js", content: "a", mode: 0o4600 },
        { name: "anything/bin/x", content: "x", mode: 0o777 },
        { name: "anything/link", type: "2", link: "/etc/passwd" },
        { name: "anything/hard", type: "1", link: "anything/a.js" },
        { name: "anything/device", type: "3" },
        { name: "lonely" },
      ]),
      "x 1.0.0",
    );
    expect([...tree.directories]).toEqual(["empty"]);
    expect([...tree.files].map(([path, { mode }]) => [path, mode.toString(8)])).toEqual([
      ["a.js", "644"],
      ["bin/x", "755"],
    ]);
  });

  it.each([
    ["alone", [".gitignore=g"], "g"],
    ["after .npmignore", [".npmignore=n", ".gitignore=g"], "n"],
    ["before .npmignore", [".gitignore=g", ".npmignore=n"], "n"],
  ])("makes .npmignore of .gitignore: %s", async (_where, files, expected) => {
    const entries = files.map((file) => {
      const [name = "", content = ""] = file.split("=");
      return { name: `package/${name}`, content };
    });
    const tree = await unpackTarball(makeTarball(entries), "x");
    expect([...tree.files.keys()]).toEqual([".npmignore"]);
    expect(Buffer.from(tree.files.get(".npmignore")?.content ?? []).toString()).toBe(expected);
  });

  it("keeps the last of two files with one path", async () => {
    const tree = await unpackTarball(
      makeTarball([
        { name: "p/a", content: "1" },
        { name: "p/a", content: "2" },
      ]),
      "x",
    );
    expect(Buffer.from(tree.files.get("a")?.content ?? []).toString()).toBe("2");
  });

  it.each([
    ["a way out", makeTarball([{ name: "package/../../etc/passwd" }]), "npm/tarball-path"],
    [
      "a file that is a folder too",
      makeTarball([{ name: "p/a" }, { name: "p/a/b" }]),
      "npm/tarball-malformed",
    ],
    [
      "a truncated archive",
      makeTarball([{ name: "p/a", content: "x".repeat(5000) }]).subarray(0, 60),
      "npm/tarball-malformed",
    ],
    ["what is no archive", Buffer.alloc(600, "x"), "npm/tarball-malformed"],
  ])("refuses %s", async (_what, packed, code) => {
    await expect(unpackTarball(packed, "x 1.0.0")).rejects.toMatchObject({ code });
  });
});
