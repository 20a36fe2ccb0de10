import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { archiveKeyring, type Keyring, verifyClearSigned } from "./keyring.ts";
import { clearSign, keyringOf, makeSigner, type Signer } from "./signing.fixture.ts";

const NOW = new Date();
const DAY = 24 * 60 * 60 * 1000;
const YESTERDAY = new Date(NOW.getTime() - DAY);
const LAST_YEAR = new Date(NOW.getTime() - 365 * DAY);
const TEXT = "Suite: stable\n- dashed line\n-----BEGIN PGP SIGNED MESSAGE-----\nend";

let known: Signer;
let unknown: Signer;
let expired: Signer;
let ring: Keyring;
beforeAll(async () => {
  known = await makeSigner({ created: LAST_YEAR });
  unknown = await makeSigner({ created: LAST_YEAR });
  expired = await makeSigner({ created: LAST_YEAR, days: 100 });
  ring = await keyringOf(known, expired);
});

const verify = (text: string) => verifyClearSigned(Buffer.from(text), ring, NOW, "InRelease");
const refusal = (found: RegExp) => ({
  code: "debian/signature",
  exit: 2,
  message: expect.stringMatching(found) as string,
});

/** What GnuPG's verifier says of the same file and the same keys. */
function gpgvAccepts(text: string, ...signers: readonly Signer[]): boolean {
  const directory = mkdtempSync(join(tmpdir(), "gpgv-"));
  const keys = join(directory, "keys.gpg");
  const file = join(directory, "InRelease");
  writeFileSync(keys, Buffer.concat(signers.map((signer) => signer.publicKey)));
  writeFileSync(file, text);
  const { status, error } = spawnSync("gpgv", ["--keyring", keys, file]);
  rmSync(directory, { recursive: true });
  if (error !== undefined) throw error;
  return status === 0;
}

test("a good signature gives the signed text, and gpgv agrees", async () => {
  const file = await clearSign(TEXT, YESTERDAY, known);
  expect(await verify(file)).toMatchObject({ value: TEXT, by: known.key.getFingerprint() });
  expect(gpgvAccepts(file, known)).toBe(true);
});

test("one known signer among unknown ones is enough", async () => {
  expect((await verify(await clearSign(TEXT, YESTERDAY, unknown, known))).value).toBe(TEXT);
});

describe("refused", () => {
  test("an altered text, as gpgv refuses it", async () => {
    const file = (await clearSign(TEXT, YESTERDAY, known)).replace("stable", "unstable");
    await expect(verify(file)).rejects.toMatchObject(refusal(/Signed digest did not match/));
    expect(gpgvAccepts(file, known)).toBe(false);
  });

  test("an unknown key, as gpgv refuses it", async () => {
    const file = await clearSign(TEXT, YESTERDAY, unknown);
    await expect(verify(file)).rejects.toMatchObject(refusal(/not in the keyring/));
    expect(gpgvAccepts(file, known)).toBe(false);
  });

  test("a key that has expired since it signed", async () => {
    const signed = new Date(LAST_YEAR.getTime() + 10 * DAY);
    const file = await clearSign(TEXT, signed, expired);
    await expect(verify(file)).rejects.toMatchObject(refusal(/expired/));
    expect(
      await verifyClearSigned(Buffer.from(file), ring, new Date(signed.getTime() + DAY), "x"),
    ).toBeDefined();
  });

  test("a signature from the future", async () => {
    await expect(verify(await clearSign(TEXT, new Date(NOW.getTime() + DAY), known))).rejects.toMatchObject(
      refusal(/future/),
    );
  });

  test("no signature, no block, an empty file, a cut one", async () => {
    const file = await clearSign(TEXT, YESTERDAY, known);
    const end = file.indexOf("-----BEGIN PGP SIGNATURE-----");
    for (const bad of [TEXT, "", file.slice(0, end), file.slice(0, end + 200)]) {
      await expect(verify(bad)).rejects.toMatchObject(refusal(/outside of a signed block/));
    }
    const hollow = `${file.slice(0, end)}-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n`;
    await expect(verify(hollow)).rejects.toMatchObject({ code: "debian/signature" });
  });

  test("text before or after the block, and a second block", async () => {
    const file = await clearSign(TEXT, YESTERDAY, known);
    await expect(verify(`Suite: evil\n${file}`)).rejects.toMatchObject(refusal(/outside/));
    await expect(verify(`${file}\nSuite: evil\n`)).rejects.toMatchObject(refusal(/outside/));
    await expect(verify(`${file}\n${file}`)).rejects.toMatchObject(refusal(/more than one/));
  });
});

test("the vendored keyring holds Debian's keys, none of them expired or revoked", async () => {
  const { keys } = await archiveKeyring();
  const names = keys.flatMap((key) => key.getUserIDs());
  expect(names.filter((name) => name.includes("(13/trixie)"))).toHaveLength(3);
  for (const key of keys) await key.verifyPrimaryKey(NOW);
});
