import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { isDigest } from "../content/digest.ts";
import type { Entry } from "../tree/tree.ts";
import { dependencyParts } from "./dependency-parts.ts";
import type { PackageLock } from "./lock.ts";
import { fixtureSource, lockEntry, makeLock, makeTarball } from "./tarball.fixture.ts";
import { fetchTarball, type TarballSource } from "./tarball-source.ts";

const platform = { os: "linux", cpu: "x64", libc: "glibc", node: "24.1.0" };

async function entriesOf(lock: PackageLock, source: TarballSource): Promise<readonly Entry[]> {
  const parts = dependencyParts(lock, { platform, dev: false, prefix: "app", source });
  return (await Promise.all(parts.map((part) => part.entries()))).flat();
}

const show = (entry: Entry): string =>
  `${entry.path} ${entry.kind === "symlink" ? `-> ${entry.target}` : entry.mode.toString(8)}`;

describe("dependencyParts", () => {
  it("links commands, makes them start, and skips those whose file is missing", async () => {
    const a = makeTarball([{ name: "p/cli.js", content: "#!/usr/bin/env node\r\n1" }]);
    const lock = makeLock(
      { dependencies: { a: "1" } },
      { "node_modules/a": lockEntry(a, { bin: { a: "cli.js", gone: "gone.js" } }) },
    );
    const entries = await entriesOf(lock, await fixtureSource({ "a@1.0.0": a }));
    expect(entries.map(show)).toEqual([
      "app/node_modules/a 755",
      "app/node_modules/a/cli.js 755",
      "app/node_modules/.bin/a -> ../a/cli.js",
    ]);
    expect(entries[1]).toMatchObject({ uid: 0, gid: 0, content: Buffer.from("#!/usr/bin/env node\n1") });
    expect(entries[1]?.reason).toEqual({ kind: "npm", origin: "a 1.0.0", because: "needed by app" });
  });

  it("takes bundled packages from the tarball, and lets locked ones go before them", async () => {
    const inner = (name: string): string => JSON.stringify({ name, bin: { [name]: "cli.js" } });
    const a = makeTarball([
      { name: "p/node_modules/in/package.json", content: inner("in") },
      { name: "p/node_modules/in/cli.js" },
      { name: "p/node_modules/own/stale.js" },
      { name: "p/node_modules/.bin/in", content: "not a link" },
    ]);
    const own = makeTarball([{ name: "p/fresh.js" }]);
    const lock = makeLock(
      { dependencies: { a: "1" } },
      {
        "node_modules/a": lockEntry(a, { bundleDependencies: ["in"], dependencies: { own: "1" } }),
        "node_modules/a/node_modules/in": { version: "1.0.0", inBundle: true },
        "node_modules/a/node_modules/own": lockEntry(own),
      },
    );
    const entries = await entriesOf(lock, await fixtureSource({ "a@1.0.0": a, "own@1.0.0": own }));
    expect(entries.map(show)).toEqual([
      "app/node_modules/a 755",
      "app/node_modules/a/node_modules/in/package.json 644",
      "app/node_modules/a/node_modules/in/cli.js 755",
      "app/node_modules/a/node_modules/own 755",
      "app/node_modules/a/node_modules/own/fresh.js 644",
      "app/node_modules/a/node_modules/.bin/in -> ../in/cli.js",
    ]);
  });

  it("has keys that change with the tarball and the place, and only then", async () => {
    const [one, two] = [makeTarball([{ name: "p/1" }]), makeTarball([{ name: "p/2" }])];
    const keys = async (tarball: Uint8Array, prefix: string): Promise<unknown> => {
      const lock = makeLock({ dependencies: { a: "1" } }, { "node_modules/a": lockEntry(tarball) });
      return dependencyParts(lock, { platform, dev: false, prefix, source: await fixtureSource({}) }).map(
        (p) => p.key,
      );
    };
    const first = await keys(one, "app");
    expect(await keys(one, "app")).toEqual(first);
    expect(await keys(two, "app")).not.toEqual(first);
    expect(await keys(one, "srv")).not.toEqual(first);
  });
});

describe("fetchTarball", () => {
  const tarball = makeTarball([{ name: "p/a", content: "a" }]);
  const item = {
    name: "a",
    version: "1.0.0",
    integrity: undefined,
    resolved: undefined,
    ...lockEntry(tarball),
  };

  it("asks the registry once, and again when the copy in the store was altered", async () => {
    const source = await fixtureSource({ "a@1.0.0": tarball });
    await fetchTarball(item, source);
    await fetchTarball(item, source);
    expect(source.asked).toHaveLength(1);
    const { digest } = await source.store.write(tarball);
    if (!isDigest(digest)) throw new TypeError("expected a digest");
    await writeFile(source.store.path(digest), "altered");
    expect(await fetchTarball(item, source)).toEqual(tarball);
    expect(source.asked).toHaveLength(2);
  });

  it("refuses what the wire altered, names both integrities, keeps nothing", async () => {
    const source = await fixtureSource({ "a@1.0.0": makeTarball([{ name: "p/a", content: "b" }]) });
    await expect(fetchTarball(item, source)).rejects.toMatchObject({
      code: "npm/integrity",
      message: expect.stringMatching(/^expected a 1\.0\.0 .*sha512-.*found sha512-/),
    });
    await expect(fetchTarball(item, source)).rejects.toMatchObject({ code: "npm/integrity" });
    expect(source.asked).toHaveLength(2);
  });

  it.each([
    ["no integrity", { integrity: undefined }, "npm/no-integrity"],
    ["an integrity nobody can check", { integrity: "md5-AAAA sha512-short" }, "npm/no-integrity"],
    ["another protocol", { resolved: "ftp://example.org/a.tgz" }, "npm/unknown-source"],
    ["a version the registry lacks", { version: "9.9.9" }, "npm/not-published"],
  ])("refuses %s", async (_what, change, code) => {
    const source = await fixtureSource({ "a@1.0.0": tarball });
    await expect(fetchTarball({ ...item, ...change }, source)).rejects.toMatchObject({ code });
  });

  it("takes the configured registry for an address of the standard form, another address as it stands", async () => {
    const source = await fixtureSource({ "a@1.0.0": tarball, "https://example.org/files/a.tgz": tarball });
    await fetchTarball({ ...item, resolved: "https://example.org/a/-/a-1.0.0.tgz" }, source);
    expect(source.asked).toEqual(["registry:a@1.0.0"]);
    const other = await fixtureSource({ "https://example.org/files/a.tgz": tarball });
    await fetchTarball({ ...item, resolved: "https://example.org/files/a.tgz" }, other);
    expect(other.asked).toEqual(["https://example.org/files/a.tgz"]);
  });
});
