import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Entry, Reason } from "../tree/tree.ts";
import { readTar } from "./read.ts";
import { ENTRY_TIME, TAR_END, writeEntry } from "./write.ts";

const reason: Reason = { kind: "rule", origin: "test", because: "test" };
const file = (path: string, content = "x"): Entry => ({
  ...{ kind: "file", path, mode: 0o644, uid: 0, gid: 0, reason },
  content: Buffer.from(content),
});
const archive = (...entries: Entry[]): Buffer => Buffer.concat([...entries.map(writeEntry), TAR_END]);

const segment = fc
  .string({ minLength: 1, maxLength: 60, unit: "grapheme" })
  .filter((text) => !/[/\0]|^\.{1,2}$/.test(text));
const path = fc.array(segment, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
const owner = {
  uid: fc.nat(0o7777777),
  gid: fc.nat(0o7777777),
  mode: fc.nat(0o7777),
  reason: fc.constant(reason),
};
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    kind: fc.constant("file" as const),
    path,
    content: fc.uint8Array({ maxLength: 1500 }),
    ...owner,
  }),
  fc.record({ kind: fc.constant("directory" as const), path, ...owner }),
  fc.record({ kind: fc.constant("symlink" as const), path, target: path, ...owner }),
);

test("what is written is read back", () => {
  fc.assert(
    fc.property(entry, (written) => {
      const [read, ...more] = [...readTar(archive(written))];
      expect(more).toEqual([]);
      expect(read).toMatchObject({
        name: written.kind === "directory" ? `${written.path}/` : written.path,
        kind: written.kind,
        uid: written.uid,
        gid: written.gid,
        mtime: ENTRY_TIME,
        mode: written.kind === "symlink" ? 0o777 : written.mode,
        linkTarget: written.kind === "symlink" ? written.target : "",
      });
      expect(Buffer.from(read?.content ?? [])).toEqual(
        Buffer.from(written.kind === "file" ? written.content : []),
      );
    }),
  );
});

describe("GNU tar and Python read the same names", () => {
  const names = [
    "short",
    `${"p".repeat(90)}/${"n".repeat(99)}`,
    `${"p".repeat(155)}/${"n".repeat(100)}`,
    `${"p".repeat(156)}/n`,
    "n".repeat(101),
    "имя/файл.txt",
    `${"глубоко/".repeat(40)}x`,
  ];
  const bytes = archive(...names.map((name) => file(name)), {
    ...{ kind: "symlink", path: "link", uid: 0, gid: 0, reason },
    target: "t".repeat(101),
  });

  test("GNU tar", () => {
    const listed = execFileSync("tar", ["--list", "--quoting-style=literal", "--file=-"], { input: bytes });
    expect(listed.toString().trim().split("\n")).toEqual([...names, "link"]);
  });

  test("Python", () => {
    const script =
      "import tarfile,sys; print('\\n'.join(m.name for m in tarfile.open(fileobj=sys.stdin.buffer, mode='r|')))";
    const listed = execFileSync("python3", ["-X", "utf8", "-c", script], { input: bytes });
    expect(listed.toString().trim().split("\n")).toEqual([...names, "link"]);
  });
});

test("a number that does not fit is refused, not cut", () => {
  expect(() => writeEntry({ ...file("x"), uid: 0o10000000 })).toThrow(/octal digits/);
});
