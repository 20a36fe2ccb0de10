import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import { readTar } from "./read.ts";

const LONG = `${"deep/".repeat(60)}${"n".repeat(120)}`;
let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tar-"));
  mkdirSync(join(directory, LONG.slice(0, LONG.lastIndexOf("/"))), { recursive: true });
  writeFileSync(join(directory, LONG), "long");
  writeFileSync(join(directory, "привет.txt"), "ü", { mode: 0o640 });
  symlinkSync(`/${"t".repeat(150)}`, join(directory, "link"));
  linkSync(join(directory, "привет.txt"), join(directory, "я"));
});
afterAll(() => rmSync(directory, { recursive: true }));

function gnuTar(format: string): Buffer {
  return execFileSync("tar", ["--create", `--format=${format}`, "--sort=name", "-C", directory, "."]);
}

describe.each(["gnu", "pax", "posix"])("GNU tar's %s format", (format) => {
  test("names, kinds, links and content are what was archived", () => {
    const entries = [...readTar(gnuTar(format))];
    const find = (name: string) => entries.find((entry) => entry.name === `./${name}`);
    expect(Buffer.from(find(LONG)?.content ?? []).toString()).toBe("long");
    expect(find("привет.txt")).toMatchObject({ kind: "file", mode: 0o640, size: 2 });
    expect(find("link")).toMatchObject({ kind: "symlink", linkTarget: `/${"t".repeat(150)}`, size: 0 });
    expect(find("я")).toMatchObject({ kind: "hardlink", linkTarget: "./привет.txt", size: 0 });
    expect(find("deep/")).toMatchObject({ kind: "directory" });
  });
});

describe("hostile archives", () => {
  const good = (): Buffer => gnuTar("pax");

  test("every truncation is an error or a shorter list, never a crash", () => {
    const whole = good();
    const count = [...readTar(whole)].length;
    for (let length = 0; length < whole.length; length += 97) {
      try {
        expect([...readTar(whole.subarray(0, length))].length).toBeLessThanOrEqual(count);
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
      }
    }
  });

  test("a flipped header byte is found by the checksum", () => {
    const archive = good();
    archive[3] = (archive[3] ?? 0) ^ 1;
    expect(() => [...readTar(archive)]).toThrow(/checksum/);
  });

  test.each(["uid", "gid", "mtime"])("an extended header whose %s is no number is refused", (key) => {
    const script = `import tarfile,sys
archive = tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.PAX_FORMAT)
entry = tarfile.TarInfo("a")
entry.pax_headers = {"${key}": "many"}
archive.addfile(entry)
archive.close()`;
    const archive = execFileSync("python3", ["-c", script]);
    expect(() => [...readTar(archive)]).toThrow(/expected a number/);
  });

  test("random bytes are refused with a fault", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 512, maxLength: 2048 }), (bytes) => {
        bytes[0] = 1;
        expect(() => [...readTar(bytes)]).toThrow(Fault);
      }),
    );
  });
});
