import { expect, test } from "vitest";
import type { Entry } from "../tree/tree.ts";
import { type DebFile, makeDeb } from "./deb.fixture.ts";
import { packagePart } from "./package-part.ts";
import { usrMergeLinks } from "./usr-merge.ts";

async function entriesOf(
  files: Record<string, DebFile>,
  excludePaths: readonly string[] = [],
): Promise<ReadonlyMap<string, Entry>> {
  const { bytes, locked } = makeDeb(files);
  const entries = await packagePart(locked, { fetch: async () => bytes, excludePaths }).entries();
  return new Map(entries.map((entry) => [entry.path, entry]));
}
const textOf = (entry: Entry | undefined): string =>
  entry?.kind === "file" ? Buffer.from(entry.content).toString() : "";

test("documentation, translations, build and boot files stay out; the licence and configuration come along", async () => {
  const entries = await entriesOf(
    {
      "usr/bin/x": { text: "x", mode: 0o755 },
      "usr/share/doc/sample/copyright": { text: "free" },
      "usr/share/doc/sample/README": {},
      "usr/share/man/man1/x.1.gz": {},
      "usr/share/locale/de/LC_MESSAGES/x.mo": {},
      "usr/lib/x86_64-linux-gnu/gconv/A.so": {},
      "usr/lib/x86_64-linux-gnu/libx.a": {},
      "usr/lib/systemd/system/x.service": {},
      "usr/include/x.h": {},
      "etc/init.d/x": {},
      "etc/cron.daily/x": {},
      "etc/x.conf": { text: "kept" },
      "usr/share/zoneinfo/right/UTC": {},
      "usr/share/zoneinfo/UTC": { text: "utc" },
      "usr/lib/x/bitcode/a.bc": {},
    },
    ["usr/lib/x/bitcode/**"],
  );
  expect([...entries.keys()].toSorted()).toEqual([
    "etc/x.conf",
    "usr/bin/x",
    "usr/share/doc/sample/copyright",
    "usr/share/zoneinfo/UTC",
    "var/lib/dpkg/status.d/sample",
    "var/lib/dpkg/status.d/sample.md5sums",
  ]);
  expect(entries.get("usr/bin/x")).toMatchObject({
    mode: 0o755,
    uid: 0,
    reason: { kind: "debian", origin: "sample 1:2.0-1", because: "listed by the recipe" },
  });
});

test("scanners find the control file, and checksums of the files that are here", async () => {
  const entries = await entriesOf({ "lib/a": { text: "12" }, "usr/include/b.h": {} });
  expect(textOf(entries.get("var/lib/dpkg/status.d/sample"))).toMatch(/^Package: sample\nVersion: 1:2.0-1\n/);
  expect(textOf(entries.get("var/lib/dpkg/status.d/sample.md5sums"))).toBe(`${"0".repeat(31)}2  usr/lib/a\n`);
});

test("what lies in /lib and /bin lies under /usr, and the links are a part of their own", async () => {
  const entries = await entriesOf({
    "lib/x86/libc.so": { text: "c" },
    "lib64/ld.so": { symlink: "/lib/x86/ld.so" },
    "bin/sh": {},
  });
  expect(entries.get("usr/lib/x86/libc.so")).toMatchObject({ kind: "file" });
  expect(entries.get("usr/lib64/ld.so")).toMatchObject({ kind: "symlink", target: "/lib/x86/ld.so" });
  expect(entries.has("lib") || entries.has("bin") || entries.has("lib64")).toBe(false);
  const links = await usrMergeLinks("amd64").entries();
  expect(links.map(({ path }) => path)).toEqual(["bin", "lib", "lib64", "sbin"]);
  expect((await usrMergeLinks("arm64").entries()).map(({ path }) => path)).toEqual(["bin", "lib", "sbin"]);
});

test("hard links carry the content, set-id bits are dropped and said so, odd folders are named", async () => {
  const entries = await entriesOf({
    "usr/bin/a": { text: "same", mode: 0o4755 },
    "usr/bin/b": { hardlink: "usr/bin/a" },
    "var/spool/": { mode: 0o1777 },
    "var/empty/": {},
  });
  for (const path of ["usr/bin/a", "usr/bin/b"]) {
    expect(textOf(entries.get(path))).toBe("same");
    expect(entries.get(path)).toMatchObject({ kind: "file", mode: 0o755 });
    expect(entries.get(path)?.reason.because).toMatch(/set-id bits were dropped/);
  }
  expect(entries.get("var/spool")).toMatchObject({ kind: "directory", mode: 0o1777 });
  expect(entries.get("var/empty")).toMatchObject({ kind: "directory", mode: 0o755 });
  expect(entries.has("var")).toBe(false);
});

test.each([
  ["debian/device", { "usr/bin/pipe": { fifo: true } }],
  ["debian/path", { "usr/.wh.x": {} }],
  ["debian/path", { "lib/x": {}, "usr/lib/x": {} }],
])("%s: %j is refused", async (code, files) => {
  await expect(entriesOf(files as Record<string, DebFile>)).rejects.toMatchObject({ code, exit: 2 });
});

test("a path out of the tree is refused", async () => {
  const { bytes, locked } = makeDeb({ "usr/aa/x": {} }, "none");
  const archive = Buffer.from(bytes.toString("latin1").replaceAll("./usr/aa/x", "./usr/../x"), "latin1");
  // The sum of the bytes of "aa" and ".." differs by 102: set the tar header's checksum right again.
  const at = archive.indexOf("./usr/../x");
  const sum = Number.parseInt(archive.toString("latin1", at + 148, at + 154), 8) - 102;
  archive.write(sum.toString(8).padStart(6, "0"), at + 148, "latin1");
  await expect(packagePart(locked, { fetch: async () => archive }).entries()).rejects.toMatchObject({
    code: "debian/path",
  });
});

test("a package other than the lock's is refused, and the key follows what decides the entries", async () => {
  const { bytes, locked } = makeDeb({});
  const options = { fetch: async () => bytes };
  const other = packagePart({ ...locked, name: "other" }, options);
  await expect(other.entries()).rejects.toMatchObject({ code: "debian/package-identity" });
  const keys = [
    packagePart(locked, options).key,
    other.key,
    packagePart({ ...locked, because: "needed by x" }, options).key,
    packagePart(locked, { ...options, excludePaths: ["usr/**"] }).key,
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(packagePart(locked, options).key).toBe(keys[0]);
});
