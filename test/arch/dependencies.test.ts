import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
/** All that the tool may be made of: permissive, or LGPL used as it is, as a dependency. */
const LICENCES = ["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "LGPL-3.0+"];

interface LockEntry {
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
}

function shipped(): [string, LockEntry][] {
  const lock = JSON.parse(readFileSync(resolve(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, LockEntry>;
  };
  return Object.entries(lock.packages).filter(
    ([path, entry]) => path.startsWith("node_modules/") && !entry.dev && !entry.link,
  );
}

test("nothing that ships runs code when it is installed", () => {
  expect(shipped().length).toBeGreaterThan(4);
  expect(shipped().filter(([, entry]) => entry.hasInstallScript === true)).toEqual([]);
});

test("everything that ships has a licence that allows it", () => {
  expect(shipped().filter(([, { license }]) => !LICENCES.includes(license ?? "none"))).toEqual([]);
});

test("no tracked file names the host of a package registry or a mirror", () => {
  const configured = [
    execFileSync("npm", ["config", "get", "registry"]).toString(),
    execFileSync("sh", [
      "-c",
      "cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true",
    ]).toString(),
  ].join("\n");
  const hosts = [...new Set([...configured.matchAll(/https?:\/\/([^/\s]+)/g)].map(([, host]) => host ?? ""))];
  expect(hosts.length).toBeGreaterThan(0);
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT }).toString().split("\0").filter(Boolean);
  const naming = files.filter((file) => {
    const text = readFileSync(resolve(ROOT, file), "latin1");
    return hosts.some((host) => text.includes(host));
  });
  expect(naming).toEqual([]);
});
