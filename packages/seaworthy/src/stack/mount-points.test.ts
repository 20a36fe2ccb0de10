import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mountsOf, parseMounts, realPathOf } from "./mount-points.ts";

test("a table gives each place once, with what its own options say", () => {
  const table = [
    "22 1 0:21 / / ro,relatime shared:1 - overlay overlay rw,lowerdir=x",
    "23 22 0:22 / /tmp rw,nosuid - tmpfs tmpfs rw",
    "24 22 0:23 / /with\\040blank rw - tmpfs tmpfs ro",
    "25 22 0:24 / /tmp ro - tmpfs tmpfs rw",
    "",
    "no mount",
  ].join("\n");
  expect(parseMounts(table)).toEqual([
    { path: "/", isWritable: false },
    { path: "/tmp", isWritable: false },
    { path: "/with blank", isWritable: true },
  ]);
});

test("those of this process are there, and of one that has ended there are none", async () => {
  expect((await mountsOf(process.pid))?.map(({ path }) => path)).toContain("/proc");
  expect(await mountsOf(2 ** 30)).toBeUndefined();
});

test("links are followed inside of the process's own root, and not in circles", async () => {
  const folder = mkdtempSync(join(tmpdir(), "links-"));
  try {
    symlinkSync("/usr/share", join(folder, "absolute"));
    symlinkSync("absolute", join(folder, "relative"));
    symlinkSync("loop", join(folder, "loop"));
    expect(await realPathOf(process.pid, join(folder, "relative/x/../y"))).toBe("/usr/share/y");
    expect(await realPathOf(process.pid, join(folder, "loop"))).toBe(join(folder, "loop"));
    expect(await realPathOf(process.pid, "/")).toBe("/");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
