/** Commands that packages bring: which links `.bin` folders get, and how the files behind them are made to start. */
import { posix } from "node:path";
import { byDepthThenPath } from "./select.ts";

export interface BinOwner {
  /** The package's folder: `node_modules/semver`. */
  readonly path: string;
  /** Command to file, as the package wrote it. */
  readonly bin: ReadonlyMap<string, string>;
}

export interface BinLink {
  /** `node_modules/.bin/semver` */
  readonly path: string;
  /** Relative to the link's folder: `../semver/bin/semver.js`. */
  readonly target: string;
  /** The same from the project's folder: `node_modules/semver/bin/semver.js`. */
  readonly file: string;
  /** The `path` of the package it belongs to. */
  readonly owner: string;
}

/**
 * The links that packages ask for, whether or not their targets exist. A name goes to the package that is least deep,
 * then first by path; a claimant whose file is missing keeps the name and gets no link.
 */
export function claimBins(owners: readonly BinOwner[]): readonly BinLink[] {
  const claimed = new Map<string, BinLink>();
  for (const owner of [...owners].sort(byDepthThenPath)) {
    const folder = owner.path.slice(0, owner.path.lastIndexOf("node_modules/") + "node_modules".length);
    for (const [command, file] of normalizeBins(owner.bin)) {
      const path = `${folder}/.bin/${command}`;
      const target = `${owner.path}/${file}`;
      if (claimed.has(path)) continue;
      claimed.set(path, {
        path,
        target: posix.relative(posix.dirname(path), target),
        file: target,
        owner: owner.path,
      });
    }
  }
  return [...claimed.values()];
}

/** Names lose their folders, files cannot leave the package: npm's rule for `bin` in `package.json`. */
export function normalizeBins(bin: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const clean = new Map<string, string>();
  for (const [command, file] of bin) {
    const name = posix.join("/", posix.basename(command.replace(/[\\:]/g, "/"))).slice(1);
    const target = posix.join("/", file.replaceAll("\\", "/")).slice(1);
    if (name !== "" && target !== "" && !/\0/.test(name + target)) clean.set(name, target);
  }
  return clean;
}

/** The kernel takes a carriage return after `#!` for part of the interpreter's name; npm takes it out, and so do we. */
export function withUnixHashbang(content: Uint8Array): Uint8Array {
  if (content[0] !== 0x23 || content[1] !== 0x21) return content;
  const head = Buffer.from(content.subarray(0, 2048)).toString("utf8");
  if (!/^#![^\n]+\r\n/.test(head)) return content;
  return Buffer.from(
    Buffer.from(content)
      .toString("utf8")
      .replace(/^(#![^\n]+)\r\n/, "$1\n"),
  );
}
