/** Makes the CA bundle that the package's maintainer script would have made, from the certificates in the package. */
import { digestOf } from "../content/digest.ts";
import { Fault } from "../fault/fault.ts";
import type { Part } from "../tree/tree.ts";
import { readDeb } from "./deb.ts";
import type { LockedPackage } from "./locked-package.ts";

const CERTIFICATE = /^(?:\.\/)?usr\/share\/ca-certificates\/(.+\.crt)$/;
const BUNDLE = "etc/ssl/certs/ca-certificates.crt";

/** @param locked the package `ca-certificates` */
export function caBundle(locked: LockedPackage, fetch: (locked: LockedPackage) => Promise<Uint8Array>): Part {
  const origin = `CA bundle of ${locked.name} ${locked.version}`;
  return {
    name: "rule/ca-bundle",
    key: digestOf(JSON.stringify(["ca-bundle", 1, locked.digest, origin])),
    async entries() {
      const content = await joinCertificates(await fetch(locked));
      const because = "what update-ca-certificates makes of the package's certificates: whom TLS trusts";
      return [
        {
          kind: "file",
          path: BUNDLE,
          mode: 0o644,
          uid: 0,
          gid: 0,
          content,
          reason: { kind: "rule", origin, because },
        },
      ];
    },
  };
}

/**
 * By path, byte-wise, each ended by a line break, as update-ca-certificates(8) writes them when all are selected.
 * @throws Fault `debian/no-certificates`
 */
export async function joinCertificates(archive: Uint8Array): Promise<Uint8Array> {
  const certificates: (readonly [string, Buffer])[] = [];
  for (const entry of (await readDeb(archive)).data) {
    const name = CERTIFICATE.exec(entry.name)?.[1];
    if (name === undefined || entry.kind !== "file") continue;
    const text = Buffer.from(entry.content);
    certificates.push([name, text.at(-1) === 0x0a ? text : Buffer.concat([text, Buffer.from("\n")])]);
  }
  if (certificates.length === 0) {
    throw new Fault({
      code: "debian/no-certificates",
      message: "expected certificates below usr/share/ca-certificates in the package, found none",
      exit: 2,
    });
  }
  certificates.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return Buffer.concat(certificates.map(([, text]) => text));
}
