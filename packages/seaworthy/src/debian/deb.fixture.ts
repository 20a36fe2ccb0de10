/** Packages made by dpkg-deb itself, with the contents a test names. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { digestOf } from "../content/digest.ts";
import type { LockedPackage } from "./locked-package.ts";

export interface DebFile {
  readonly text?: string;
  readonly mode?: number;
  readonly symlink?: string;
  readonly hardlink?: string;
  readonly fifo?: boolean;
}

export interface MadeDeb {
  readonly bytes: Buffer;
  readonly locked: LockedPackage;
}

export function makeDeb(files: Readonly<Record<string, DebFile>>, compression = "xz"): MadeDeb {
  const root = mkdtempSync(join(tmpdir(), "deb-"));
  try {
    const tree = join(root, "tree");
    mkdirSync(join(tree, "DEBIAN"), { recursive: true });
    const control =
      "Package: sample\nVersion: 1:2.0-1\nArchitecture: amd64\nMaintainer: A <a@mirror.example>\nDescription: sample\n";
    writeFileSync(join(tree, "DEBIAN/control"), control);
    const sums = Object.entries(files).map(
      ([path, { text = "" }]) => `${"0".repeat(32 - String(text.length).length)}${text.length}  ${path}\n`,
    );
    writeFileSync(join(tree, "DEBIAN/md5sums"), sums.join(""));
    for (const [path, file] of Object.entries(files)) {
      const full = join(tree, path);
      mkdirSync(dirname(full), { recursive: true });
      if (file.symlink !== undefined) symlinkSync(file.symlink, full);
      else if (file.hardlink !== undefined) linkSync(join(tree, file.hardlink), full);
      else if (file.fifo === true) execFileSync("mkfifo", [full]);
      else if (path.endsWith("/")) mkdirSync(full, { recursive: true });
      else writeFileSync(full, file.text ?? "");
      if (file.mode !== undefined) chmodSync(full, file.mode);
    }
    execFileSync("dpkg-deb", [
      "--root-owner-group",
      `-Z${compression}`,
      "--build",
      tree,
      join(root, "sample.deb"),
    ]);
    const bytes = readFileSync(join(root, "sample.deb"));
    return { bytes, locked: lockedFor(bytes) };
  } finally {
    rmSync(root, { recursive: true });
  }
}

export function lockedFor(bytes: Uint8Array): LockedPackage {
  return {
    name: "sample",
    version: "1:2.0-1",
    architecture: "amd64",
    suite: "stable",
    filename: "pool/main/s/sample/sample_2.0-1_amd64.deb",
    digest: digestOf(bytes),
    size: bytes.length,
    because: "listed by the recipe",
    without: {},
  };
}
