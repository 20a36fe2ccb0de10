/** Content addresses as the OCI image specification writes them: `sha256:` and 64 hexadecimal digits. */
import { createHash } from "node:crypto";

export type Digest = `sha256:${string}`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

export function digestOf(content: Uint8Array | string): Digest {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** The 64 digits alone, as file names and Debian indices want them. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

export function digestFromHex(hex: string): Digest {
  const digest = `sha256:${hex.toLowerCase()}`;
  if (!isDigest(digest)) throw new TypeError(`expected 64 hexadecimal digits, found "${hex}"`);
  return digest;
}

/** Hashes a stream piece by piece; `bytes` counts what was fed. */
export class Digester {
  readonly #hash = createHash("sha256");
  bytes = 0;

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
  }

  /** Of all that was fed so far; more may follow. */
  digest(): Digest {
    return `sha256:${this.#hash.copy().digest("hex")}`;
  }
}
