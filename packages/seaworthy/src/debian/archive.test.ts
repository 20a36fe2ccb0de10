import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { digestOf, hexOf } from "../content/digest.ts";
import { DirectoryStore } from "../content/directory-store.ts";
import { openArchive } from "./archive.ts";
import { lockedFor } from "./deb.fixture.ts";
import type { Keyring } from "./keyring.ts";
import { fetchPackage, type PackageSource } from "./locked-package.ts";
import { clearSign, keyringOf, makeSigner, type Signer } from "./signing.fixture.ts";
import type { Mirrors } from "./sources.ts";

const NOW = new Date();
const HOUR = 60 * 60 * 1000;
const SUITES = ["trixie", "trixie-security", "trixie-updates"];
const DEB = Buffer.from("the package");
const LOCKED = lockedFor(DEB);

let directory = "";
let signer: Signer;
let keyring: Keyring;
let server: Server;
let mirrors: Mirrors;
/** What the mirror serves, and what it was asked for. */
let files = new Map<string, string | Buffer>();
let asked: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "archive-"));
  signer = await makeSigner({ created: new Date(NOW.getTime() - 100 * HOUR) });
  keyring = await keyringOf(signer);
  server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const body = files.get(path);
    if (body === undefined) response.writeHead(404).end();
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mirrors = { main: `${base}/debian`, security: `${base}/debian-security` };
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

interface Served {
  readonly byHash?: boolean;
  readonly age?: number;
}

/** Each suite has `sample` in a version of its own; the security archive's is the highest. */
async function serve({ byHash = true, age = HOUR }: Served = {}): Promise<void> {
  const date = new Date(NOW.getTime() - age);
  for (const [number, suite] of ["2", "3", "1"].map((version, at) => [version, SUITES[at] ?? ""] as const)) {
    const stanza = `Package: sample\nVersion: ${number}\nArchitecture: amd64\nFilename: pool/s_${number}.deb\nSize: 1\nSHA256: ${"0".repeat(64)}\n\n`;
    const packed = gzipSync(stanza);
    const digest = hexOf(digestOf(packed));
    const release = `Codename: ${suite}\nDate: ${date.toUTCString()}\nAcquire-By-Hash: ${byHash ? "yes" : "no"}\nSHA256:\n ${digest} ${packed.length} main/binary-amd64/Packages.xz\n`;
    const folder = `/${suite.endsWith("-security") ? "debian-security" : "debian"}/dists/${suite}`;
    files.set(`${folder}/InRelease`, await clearSign(release, date, signer));
    files.set(`${folder}/main/binary-amd64/${byHash ? `by-hash/SHA256/${digest}` : "Packages.xz"}`, packed);
  }
}

let store: DirectoryStore;
let run = 0;
beforeEach(async () => {
  run += 1;
  store = new DirectoryStore(join(directory, `store-${run}`));
  files = new Map();
  await serve();
  asked = [];
});

const open = (notBefore?: ReadonlyMap<string, Date>) =>
  openArchive({
    suite: "trixie",
    architecture: "amd64",
    mirrors,
    store,
    keyring,
    now: NOW,
    ...(notBefore === undefined ? {} : { notBefore }),
  });
const REQUEST = { include: ["sample"], exclude: {} };

describe("an archive", () => {
  test("takes the highest version of the three suites; asked again it fetches InRelease alone", async () => {
    const found = await (await open()).resolve(REQUEST);
    expect(found).toMatchObject([
      { name: "sample", version: "3", suite: "trixie-security", filename: "pool/s_3.deb" },
    ]);
    asked = [];
    expect(await (await open()).resolve(REQUEST)).toEqual(found);
    expect(asked.filter((path) => !path.endsWith("/InRelease"))).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  test("reads indices by name where a mirror has no by-hash folder, and where it lost one", async () => {
    files.clear();
    await serve({ byHash: false });
    expect(await (await open()).resolve(REQUEST)).toHaveLength(1);
    store = new DirectoryStore(join(directory, `other-${run}`));
    files.clear();
    await serve();
    for (const [path, body] of files) {
      if (!path.includes("/by-hash/")) continue;
      files.delete(path);
      files.set(`${path.slice(0, path.indexOf("/by-hash/"))}/Packages.xz`, body);
    }
    expect(await (await open()).resolve(REQUEST)).toHaveLength(1);
  });

  test("refuses an index that is not the signed one, and keeps nothing of it", async () => {
    for (const [path, body] of files) {
      if (!path.includes("/by-hash/")) continue;
      const altered = Buffer.from(body as Buffer);
      altered[20] = (altered[20] ?? 0) ^ 1;
      files.set(path, altered);
    }
    await expect((await open()).resolve(REQUEST)).rejects.toMatchObject({
      code: "debian/index-digest",
      exit: 2,
    });
    await serve();
    expect(await (await open()).resolve(REQUEST)).toHaveLength(1);
  });

  test("a security archive that is not there is no reason to do without", async () => {
    files.delete("/debian-security/dists/trixie-security/InRelease");
    await expect(open()).rejects.toMatchObject({ code: "net/status" });
  });

  test("one suite's file served for another is refused", async () => {
    files.set("/debian/dists/trixie/InRelease", files.get("/debian/dists/trixie-updates/InRelease") ?? "");
    await expect(open()).rejects.toMatchObject({ code: "debian/suite" });
  });

  test("older than the lock is refused; the lock's own release is not", async () => {
    const [release] = (await open()).releases;
    const dates = new Map([["trixie", release?.date ?? NOW]]);
    expect((await open(dates)).releases).toHaveLength(3);
    await serve({ age: 2 * HOUR });
    await expect(open(dates)).rejects.toMatchObject({ code: "debian/rollback" });
  });
});

describe("a locked package", () => {
  const source = (): PackageSource => ({ store, mirrors: async () => mirrors });
  const PATH = `/debian/${LOCKED.filename}`;

  test("is fetched once, and then needs no mirror", async () => {
    files.set(PATH, DEB);
    expect(Buffer.from(await fetchPackage(LOCKED, source()))).toEqual(DEB);
    const without: PackageSource = { store, mirrors: () => Promise.reject(new Error("no mirror")) };
    expect(Buffer.from(await fetchPackage(LOCKED, without))).toEqual(DEB);
    expect(asked).toEqual([PATH]);
  });

  test("comes from the security archive when that is its suite", async () => {
    files.set(`/debian-security/${LOCKED.filename}`, DEB);
    expect(await fetchPackage({ ...LOCKED, suite: "trixie-security" }, source())).toHaveLength(DEB.length);
  });

  test("altered in the store: fetched anew", async () => {
    files.set(PATH, DEB);
    await fetchPackage(LOCKED, source());
    await writeFile(store.path(LOCKED.digest), "the_package");
    expect(Buffer.from(await fetchPackage(LOCKED, source()))).toEqual(DEB);
    expect(asked).toEqual([PATH, PATH]);
    expect(Buffer.from((await store.read(LOCKED.digest)) ?? [])).toEqual(DEB);
  });

  test.each(["the_package", "short"])(
    "altered on the wire to %j: refused with both digests, nothing kept",
    async (body) => {
      files.set(PATH, body);
      await expect(fetchPackage(LOCKED, source())).rejects.toMatchObject({
        code: "debian/package-digest",
        message: expect.stringMatching(`sample 1:2.0-1 .*${LOCKED.digest}.*${digestOf(body)}`) as string,
      });
      expect(await store.stat(LOCKED.digest)).toBeUndefined();
      expect(await store.stat(digestOf(body))).toBeUndefined();
    },
  );

  test("longer than locked: cut off", async () => {
    files.set(PATH, `${DEB.toString()} and more`);
    await expect(fetchPackage(LOCKED, source())).rejects.toMatchObject({ code: "net/too-large" });
  });

  test("dropped by the mirror: says that the lock no longer fits, and how to update it", async () => {
    await expect(fetchPackage(LOCKED, source())).rejects.toMatchObject({
      code: "debian/package-gone",
      message: expect.stringContaining("sample 1:2.0-1") as string,
      hint: expect.stringContaining("plan --update") as string,
    });
  });
});
