/** Opens a .deb: its control file, its checksum list, and the entries of its data archive (deb(5)). */
import { decompress } from "../codec/decompress.ts";
import { Fault } from "../fault/fault.ts";
import { readTar, type TarEntry } from "../tar/read.ts";
import { readAr } from "./ar.ts";
import { type Paragraph, parseControl } from "./control.ts";

export interface Deb {
  readonly control: Paragraph;
  /** The control file as it stands. */
  readonly controlText: string;
  /** The `md5sums` file, empty when the package has none. */
  readonly md5sums: string;
  readonly data: Iterable<TarEntry>;
}

/** Beyond these a package is a bomb: the largest in Debian's main archive unpack to about 4 GB, those of a base to 150 MB. */
const MAX_CONTROL = 64 * 1024 * 1024;
const MAX_DATA = 2 * 1024 * 1024 * 1024 - 1;

/** @throws Fault `debian/deb`, `debian/ar`, `debian/control`, or one of codec/ and tar/ */
export async function readDeb(archive: Uint8Array): Promise<Deb> {
  const [version, ...members] = readAr(archive);
  const format = version === undefined ? "" : Buffer.from(version.content).toString("latin1");
  if (version?.name !== "debian-binary" || !format.startsWith("2.")) {
    throw notDeb("debian-binary with format 2.x as its first member");
  }
  const find = (prefix: string): Uint8Array => {
    const found = members.filter((member) => member.name === prefix || member.name.startsWith(`${prefix}.`));
    const [only] = found;
    if (only === undefined || found.length > 1) throw notDeb(`one member called ${prefix}`);
    return only.content;
  };
  const metadata = new Map<string, string>();
  for (const entry of readTar(await decompress(find("control.tar"), MAX_CONTROL))) {
    if (entry.kind === "file") {
      metadata.set(entry.name.replace(/^\.\//, ""), Buffer.from(entry.content).toString());
    }
  }
  const controlText = metadata.get("control");
  if (controlText === undefined) throw notDeb("a control file");
  const [control] = parseControl(controlText, "control");
  if (control === undefined) throw notDeb("a control file with fields");
  const data = await decompress(find("data.tar"), MAX_DATA);
  return { control, controlText, md5sums: metadata.get("md5sums") ?? "", data: readTar(data) };
}

function notDeb(expected: string): Fault {
  return new Fault({
    code: "debian/deb",
    message: `expected a Debian package with ${expected}, found none`,
    exit: 2,
  });
}
