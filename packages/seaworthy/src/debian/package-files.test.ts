import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hasSum, isSumsFile, parseSums } from "./package-files.ts";

test("sums by path, where a merged /usr has the file", () => {
  const sum = "d41d8cd98f00b204e9800998ecf8427e";
  const sums = parseSums(`${sum}  lib/x86_64-linux-gnu/libc.so.6\n${sum}  usr/bin/dash\nnot a line\n`);
  expect([...sums]).toEqual([
    ["usr/lib/x86_64-linux-gnu/libc.so.6", sum],
    ["usr/bin/dash", sum],
  ]);
  expect(hasSum(new Uint8Array(), sum)).toBe(true);
  expect(hasSum(Buffer.from("changed"), sum)).toBe(false);
  expect(hasSum(new Uint8Array(), undefined)).toBe(false);
});

test.each([
  ["var/lib/dpkg/info/dash.md5sums", true],
  ["var/lib/dpkg/info/dash.list", false],
  ["home/var/lib/dpkg/info/dash.md5sums", false],
])("%s", (path, expected) => expect(isSumsFile(path)).toBe(expected));

const INFO = "/var/lib/dpkg/info";
describe.skipIf(!existsSync(`${INFO}/dash.md5sums`))("on this machine's own packages (needs dpkg)", () => {
  test("agrees with md5sum about the files of dash", () => {
    expect(readdirSync(INFO)).toContain("dash.md5sums");
    const sums = parseSums(readFileSync(`${INFO}/dash.md5sums`, "utf8"));
    const [path = "", sum] = [...sums].find(([name]) => existsSync(`/${name}`)) ?? [];
    expect(execFileSync("md5sum", [`/${path}`]).toString()).toContain(sum);
    expect(hasSum(readFileSync(`/${path}`), sum)).toBe(true);
  });
});
