/** Which files of somebody else's image are just what a Debian package brought: by dpkg's own sums, read from the image. */
import { createHash } from "node:crypto";
import { mergeUsr } from "./usr-merge.ts";

const SUMS = /^var\/lib\/dpkg\/info\/[^/]+\.md5sums$/;

/** Whether a path of an image is one of dpkg's lists of sums. */
export function isSumsFile(path: string): boolean {
  return SUMS.test(path);
}

/**
 * Lines of `md5  path`, relative to the root (deb-md5sums(5)).
 * MD5 tells a changed file from the package's own, not a forged one: who can make a collision can do without it.
 * @returns the sum by path, where a merged /usr puts it
 */
export function parseSums(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\n").map((line) => /^([0-9a-f]{32}) {2}(.+)$/.exec(line));
  return new Map(
    lines.flatMap((found) => (found === null ? [] : [[mergeUsr(found[2] ?? ""), found[1] ?? ""]])),
  );
}

export function hasSum(content: Uint8Array, sum: string | undefined): boolean {
  return sum !== undefined && createHash("md5").update(content).digest("hex") === sum;
}
