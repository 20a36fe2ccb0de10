/** Keys and signed files of the tests' own, for the cases that no honest archive shows. */
import { createCleartextMessage, generateKey, type PrivateKey, sign } from "openpgp";
import { type Keyring, readKeyring } from "./keyring.ts";

export interface Signer {
  readonly key: PrivateKey;
  /** The public half, not armored, as gpgv and the keyring read it. */
  readonly publicKey: Uint8Array;
}

export interface SignerOptions {
  readonly created: Date;
  /** Days until it expires; never when left out. */
  readonly days?: number;
}

export async function makeSigner({ created, days }: SignerOptions): Promise<Signer> {
  const { privateKey } = await generateKey({
    type: "rsa",
    rsaBits: 2048,
    userIDs: [{ name: "Test Archive", email: "archive@mirror.example" }],
    date: created,
    keyExpirationTime: days === undefined ? 0 : days * 24 * 60 * 60,
    format: "object",
  });
  return { key: privateKey, publicKey: privateKey.toPublic().write() };
}

export async function keyringOf(...signers: readonly Signer[]): Promise<Keyring> {
  return readKeyring(Buffer.concat(signers.map((signer) => signer.publicKey)));
}

export async function clearSign(text: string, date: Date, ...signers: readonly Signer[]): Promise<string> {
  const message = await createCleartextMessage({ text });
  return sign({ message, signingKeys: signers.map((signer) => signer.key), date });
}
