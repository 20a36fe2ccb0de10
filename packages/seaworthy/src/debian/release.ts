/** Reads a verified Release file and decides whether it is the one asked for, and fresh enough to believe. */
import { type Digest, digestFromHex } from "../content/digest.ts";
import type { Verified } from "../content/verified.ts";
import { Fault } from "../fault/fault.ts";
import { parseControl, requireField } from "./control.ts";

export interface IndexFile {
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

export interface Release {
  /** The suite as it was asked for: `bookworm`, `bookworm-security`. */
  readonly suite: string;
  readonly date: Date;
  readonly acquireByHash: boolean;
  /** By path below the suite's folder: `main/binary-amd64/Packages.xz`. */
  readonly files: ReadonlyMap<string, IndexFile>;
}

export interface ReleaseExpectation {
  readonly suite: string;
  readonly now: Date;
  /** The `Date` of the release that the lock was made from: an older one is a replay. */
  readonly notBefore?: Date | undefined;
}

/** Clocks differ; a release from further ahead than this is not a matter of clocks. */
const CLOCK_TOLERANCE = 24 * 60 * 60 * 1000;

/**
 * Only SHA256 is believed; the file's MD5 and SHA1 sums are not read.
 * @throws Fault `debian/suite`, `debian/expired`, `debian/rollback`, `debian/control`, all exit 2
 */
export function parseRelease(text: Verified<string>, expected: ReleaseExpectation): Release {
  const file = `InRelease of ${expected.suite}`;
  const [fields] = parseControl(text.value, file);
  if (fields === undefined) throw refused("control", `expected fields in ${file}, found none`);
  const names = [fields.get("codename"), fields.get("suite")];
  if (!names.includes(expected.suite)) {
    throw refused("suite", `expected suite ${expected.suite}, found ${names.join(" / ")}`);
  }
  const date = parseDate(requireField(fields, "Date", file), file);
  checkFreshness(date, fields.get("valid-until"), expected, file);
  return {
    suite: expected.suite,
    date,
    acquireByHash: fields.get("acquire-by-hash") === "yes",
    files: parseChecksums(requireField(fields, "SHA256", file), file),
  };
}

function checkFreshness(
  date: Date,
  validUntil: string | undefined,
  { now, notBefore }: ReleaseExpectation,
  file: string,
): void {
  if (date.getTime() > now.getTime() + CLOCK_TOLERANCE) {
    throw refused(
      "expired",
      `expected ${file} to be from before ${now.toISOString()}, found ${date.toISOString()}`,
    );
  }
  const until = validUntil === undefined ? undefined : parseDate(validUntil, file);
  if (until !== undefined && until < now) {
    throw refused(
      "expired",
      `expected ${file} to be valid at ${now.toISOString()}, found it valid until ${until.toISOString()}`,
    );
  }
  if (notBefore !== undefined && date < notBefore) {
    throw refused(
      "rollback",
      `expected ${file} to be no older than the lock's of ${notBefore.toISOString()}, found ${date.toISOString()}`,
    );
  }
}

/** `Sat, 21 Nov 2026 00:53:02 UTC`; another zone would be read as one by mistake. */
function parseDate(text: string, file: string): Date {
  const date = new Date(text);
  if (/ (UTC|GMT|\+0000)$/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw refused("control", `expected a date in UTC in ${file}, found "${text}"`);
}

function parseChecksums(text: string, file: string): ReadonlyMap<string, IndexFile> {
  const files = new Map<string, IndexFile>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [, hex, size, path] = /^([0-9a-f]{64})\s+(\d+)\s+(\S+)$/.exec(line) ?? [];
    if (hex === undefined || path === undefined) {
      throw refused("control", `expected "checksum size path" under SHA256 in ${file}, found "${line}"`);
    }
    files.set(path, { digest: digestFromHex(hex), size: Number(size) });
  }
  return files;
}

function refused(code: "control" | "suite" | "expired" | "rollback", message: string): Fault {
  return new Fault({
    code: `debian/${code}`,
    message,
    hint: "Check this machine's clock; if it is right, the mirror is stale or serves another suite: choose another one.",
    exit: 2,
  });
}
