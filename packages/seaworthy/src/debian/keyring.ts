/** Checks a clear-signed file against Debian's archive keyring, in-process, and gives back only the text that was signed. */
import { readFile } from "node:fs/promises";
import type { CleartextMessage, PublicKey } from "openpgp";
import { type Verified, vouchFor } from "../content/verified.ts";
import { Fault } from "../fault/fault.ts";

export interface Keyring {
  readonly keys: readonly PublicKey[];
}

const VENDORED = new URL("../../data/debian/debian-archive-keyring.pgp", import.meta.url);

/** The keys that ship with this package; see data/debian/README.md. */
export async function archiveKeyring(): Promise<Keyring> {
  return readKeyring(await readFile(VENDORED));
}

/** @param binary OpenPGP certificates one after the other, not armored */
export async function readKeyring(binary: Uint8Array): Promise<Keyring> {
  const { readKeys } = await import("openpgp");
  return { keys: await readKeys({ binaryKeys: new Uint8Array(binary) }) };
}

/**
 * The signed text of an InRelease file. At least one signature must be good, made by a key of the ring that has neither
 * expired nor been revoked at `now`; signatures by unknown keys are ignored, as Debian signs with several.
 * RFC 9580 section 7 (cleartext signature framework).
 * @throws Fault `debian/signature`, exit 2
 */
export async function verifyClearSigned(
  file: Uint8Array,
  keyring: Keyring,
  now: Date,
  name: string,
): Promise<Verified<string>> {
  const armored = Buffer.from(file).toString("utf8");
  refuseUnsignedParts(armored, name);
  const { readCleartextMessage, verify } = await import("openpgp");
  let message: CleartextMessage;
  try {
    message = await readCleartextMessage({ cleartextMessage: armored });
  } catch (error) {
    throw badSignature(name, `a block that cannot be read (${reasonOf(error)})`, error);
  }
  const { data, signatures } = await verify({ message, verificationKeys: [...keyring.keys], date: now });
  const refusals: string[] = [];
  for (const signature of signatures) {
    const key = keyring.keys.find((candidate) => candidate.getKeys(signature.keyID).length > 0);
    if (key === undefined) {
      refusals.push(`key ${signature.keyID.toHex()} is not in the keyring`);
      continue;
    }
    try {
      await signature.verified;
      // The signature alone is judged at the time it was made: an expired key would still pass.
      const signer = await key.getSigningKey(signature.keyID, now);
      return vouchFor(data, signer.getFingerprint());
    } catch (error) {
      refusals.push(`key ${signature.keyID.toHex()}: ${reasonOf(error)}`);
    }
  }
  throw badSignature(name, refusals.length === 0 ? "no signature" : refusals.join("; "));
}

/** Readers disagree on what text around a block, or a second block, means; an honest archive has neither. */
function refuseUnsignedParts(armored: string, name: string): void {
  const text = armored.trim();
  const blocks = text.match(/^-----BEGIN PGP [A-Z ]+-----[ \t\r]*$/gm) ?? [];
  const whole =
    text.startsWith("-----BEGIN PGP SIGNED MESSAGE-----") && text.endsWith("-----END PGP SIGNATURE-----");
  if (!whole || blocks.length !== 2) {
    throw badSignature(name, whole ? "more than one signed block" : "text outside of a signed block");
  }
}

function badSignature(name: string, found: string, cause?: unknown): Fault {
  return new Fault({
    code: "debian/signature",
    message: `expected ${name} to be signed by a key of Debian's archive keyring, found ${found}`,
    hint: "The mirror or the way to it may have been tampered with, or this machine's clock is wrong; nothing of it was used.",
    exit: 2,
    cause,
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
