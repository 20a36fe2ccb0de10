/** Subresource integrity: the digests a lock holds its tarballs to. */
import { createHash } from "node:crypto";

/** Strongest first. */
const ALGORITHMS = ["sha512", "sha384", "sha256", "sha1"] as const;
const HEX_LENGTH = { sha512: 128, sha384: 96, sha256: 64, sha1: 40 } as const;

export interface Integrity {
  readonly algorithm: (typeof ALGORITHMS)[number];
  /** Any one of them will do; base64, as written. */
  readonly digests: readonly string[];
}

/**
 * The strongest digests of an integrity value; weaker ones beside them prove nothing more.
 * @returns `undefined` when no digest in it is of a known algorithm and length
 * @see https://www.w3.org/TR/SRI/#the-integrity-attribute
 */
export function parseIntegrity(text: string): Integrity | undefined {
  const parsed = text
    .trim()
    .split(/\s+/)
    .map((item) => /^(sha\d+)-([A-Za-z0-9+/]+={0,2})(?:\?.*)?$/.exec(item));
  for (const algorithm of ALGORITHMS) {
    const digests = parsed
      .filter((match) => match?.[1] === algorithm)
      .map((match) => match?.[2] ?? "")
      .filter((digest) => Buffer.from(digest, "base64").length * 2 === HEX_LENGTH[algorithm]);
    if (digests.length > 0) return { algorithm, digests };
  }
  return undefined;
}

export function matchesIntegrity(content: Uint8Array, integrity: Integrity): boolean {
  return integrity.digests.includes(digest(content, integrity.algorithm));
}

/** As a lock would have it: `sha512-...`. */
export function integrityOf(content: Uint8Array, algorithm: Integrity["algorithm"] = "sha512"): string {
  return `${algorithm}-${digest(content, algorithm)}`;
}

function digest(content: Uint8Array, algorithm: string): string {
  return createHash(algorithm).update(content).digest("base64");
}
