/** Against the mirror this machine's apt uses: the real archive, and apt and update-ca-certificates as oracles. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DirectoryStore } from "../content/directory-store.ts";
import { type DebianArchive, openArchive } from "./archive.ts";
import { joinCertificates } from "./ca-certificates.ts";
import { archiveKeyring } from "./keyring.ts";
import { fetchPackage } from "./locked-package.ts";
import { findMirrors, type Mirrors } from "./sources.ts";

const KEYRING = new URL("../../data/debian/debian-archive-keyring.pgp", import.meta.url);

let directory = "";
let mirrors: Mirrors;
let archive: DebianArchive;
let store: DirectoryStore;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "archive-"));
  store = new DirectoryStore(join(directory, "store"));
  mirrors = await findMirrors({ env: process.env });
  const keyring = await archiveKeyring();
  archive = await openArchive({
    suite: "bookworm",
    architecture: "amd64",
    mirrors,
    store,
    keyring,
    now: new Date(),
  });
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Names and versions that apt would install on an empty machine, in a root of its own. */
function aptWouldInstall(names: readonly string[]): readonly string[] {
  const root = join(directory, "apt");
  for (const part of [
    "state/lists/partial",
    "cache/archives/partial",
    "etc/apt.conf.d",
    "etc/preferences.d",
  ]) {
    mkdirSync(join(root, part), { recursive: true });
  }
  writeFileSync(join(root, "status"), "");
  copyFileSync(KEYRING, join(root, "keys.gpg"));
  const signedBy = `[signed-by=${join(root, "keys.gpg")}]`;
  writeFileSync(
    join(root, "sources.list"),
    `deb ${signedBy} ${mirrors.main} bookworm main\ndeb ${signedBy} ${mirrors.main} bookworm-updates main\n` +
      `deb ${signedBy} ${mirrors.security} bookworm-security main\n`,
  );
  const settings = {
    "Dir::State": join(root, "state"),
    "Dir::State::status": join(root, "status"),
    "Dir::Cache": join(root, "cache"),
    "Dir::Etc": join(root, "etc"),
    "Dir::Etc::sourcelist": join(root, "sources.list"),
    "Dir::Etc::sourceparts": "-",
    "APT::Architecture": "amd64",
    "APT::Install-Recommends": "false",
    "APT::Sandbox::User": "root",
    "pkgCacheGen::ForceEssential": "none",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  execFileSync("apt-get", [...options, "-qq", "update"]);
  const output = execFileSync("apt-get", [...options, "-s", "install", ...names], { encoding: "utf8" });
  return [...output.matchAll(/^Inst (\S+) \((\S+) /gm)].map(([, name, version]) => `${name} ${version}`);
}

test("resolves as apt does, and answers again from the store", { timeout: 60_000 }, async () => {
  const include = ["postgresql-client-15", "runc", "libseccomp2"];
  const found = await archive.resolve({ include, exclude: {} });
  const ours = found.map(({ name, version }) => `${name} ${version}`);
  expect(ours).toEqual(aptWouldInstall(include).toSorted());
  expect(await archive.resolve({ include, exclude: {} })).toEqual(found);
});

test("the CA bundle is the one update-ca-certificates makes", { timeout: 60_000 }, async () => {
  const [locked] = await archive.resolve({
    include: ["ca-certificates"],
    exclude: { openssl: "script", debconf: "script" },
  });
  if (locked === undefined) throw new Error("no package");
  const deb = await fetchPackage(locked, { store, mirrors: async () => mirrors });
  const root = join(directory, "ca");
  for (const part of ["etc", "local", "hooks"]) mkdirSync(join(root, part), { recursive: true });
  writeFileSync(join(root, "ca.deb"), deb);
  execFileSync("dpkg-deb", ["-x", join(root, "ca.deb"), join(root, "x")]);
  const certs = join(root, "x/usr/share/ca-certificates");
  const list = execFileSync("sh", ["-c", "find . -name '*.crt' | cut -c3- | LC_ALL=C sort"], { cwd: certs });
  writeFileSync(join(root, "ca.conf"), list);
  const options = [
    "--certsconf",
    join(root, "ca.conf"),
    "--certsdir",
    certs,
    "--localcertsdir",
    join(root, "local"),
  ];
  execFileSync(
    "update-ca-certificates",
    [...options, "--etccertsdir", join(root, "etc"), "--hooksdir", join(root, "hooks")],
    {
      stdio: "pipe",
    },
  );
  const expected = readFileSync(join(root, "etc/ca-certificates.crt"));
  expect(Buffer.from(await joinCertificates(deb)).equals(expected)).toBe(true);
});
