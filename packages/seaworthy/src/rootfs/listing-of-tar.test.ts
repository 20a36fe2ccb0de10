import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectoryStore } from "../content/directory-store.ts";
import { readTar } from "../tar/read.ts";
import { type ListedPath, readListing, writeListing } from "./listing.ts";
import { listingOfTar } from "./listing-of-tar.ts";

let root = "";
let store = new DirectoryStore("");
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "listing-"));
  store = new DirectoryStore(join(root, "store"));
});
afterEach(() => rmSync(root, { recursive: true }));

const LAYER = `sha256:${"0".repeat(64)}`;

async function listed(archive: Buffer): Promise<readonly ListedPath[]> {
  return await readListing(store, await listingOfTar(store, LAYER, readTar(archive)));
}

/** Whether `setcap` is there and may set what it sets here. */
function setsCapabilities(): boolean {
  const scratch = mkdtempSync(join(tmpdir(), "setcap-"));
  try {
    copyFileSync("/bin/true", join(scratch, "true"));
    return spawnSync("setcap", ["cap_net_raw+ep", join(scratch, "true")]).status === 0;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const CAN_SET = setsCapabilities();

describe.skipIf(!CAN_SET)(`what GNU tar archives of setcap's${CAN_SET ? "" : " (skipped: setcap)"}`, () => {
  test("the attribute of the file that has it, byte for byte, and nothing of any other", async () => {
    for (const name of ["plain", "raised"]) copyFileSync("/bin/true", join(root, name));
    execFileSync("setcap", ["cap_net_raw,cap_net_admin+ep", join(root, "raised")]);
    const attributes = ["--xattrs", "--xattrs-include=*", "--format=posix"];
    const archive = execFileSync("tar", [...attributes, "-C", root, "--create", "plain", "raised"]);
    const [plain, raised] = await listed(archive);
    expect(plain).not.toHaveProperty("capabilities");
    // Version 2 of the structure, effective; bits 12 and 13 permitted; none inheritable.
    expect(raised?.capabilities).toBe(`0100000200300000${"00000000".repeat(3)}`);
  });
});

test.each([
  ["of no known length", "\\xff\\x0a=", "ff0a3d"],
  ["empty", "", ""],
])("an attribute %s is carried as it is", async (_, value, expected) => {
  const script = `import tarfile,sys
archive = tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.PAX_FORMAT)
entry = tarfile.TarInfo("a")
entry.pax_headers = {"SCHILY.xattr.security.capability": b"${value}".decode("utf-8", "surrogateescape"), "hdrcharset": "BINARY"}
archive.addfile(entry)
archive.close()`;
  const [entry] = await listed(execFileSync("python3", ["-c", script], { cwd: root }));
  expect(entry?.capabilities).toBe(expected);
});

test("a listing of before there was such a key is read, and files without it are listed as they were", async () => {
  const keys = ["path", "kind", "mode", "uid", "gid", "size", "reason"];
  writeFileSync(join(root, "file"), "x");
  const [entry] = await listed(execFileSync("tar", ["-C", root, "--create", "file"]));
  expect(Object.keys(entry ?? {})).toEqual(keys);
  const { digest } = await writeListing(store, entry === undefined ? [] : [entry]);
  expect(await readListing(store, digest)).toEqual([entry]);
});
