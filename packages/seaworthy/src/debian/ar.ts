/** Splits a Unix `ar` archive, the outer wrapping of a .deb (deb(5)). */
import { Fault } from "../fault/fault.ts";

export interface ArMember {
  readonly name: string;
  /** A view into the archive, not a copy. */
  readonly content: Uint8Array;
}

const MAGIC = "!<arch>\n";
const HEADER = 60;
const HEADER_END = "`\n";

/** @throws Fault `debian/ar` when the archive is not one, is cut short, or has bytes left over */
export function readAr(archive: Uint8Array): readonly ArMember[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) throw damaged("no ar magic at the start");
  const members: ArMember[] = [];
  let at = MAGIC.length;
  while (at < bytes.length) {
    const header = bytes.toString("latin1", at, at + HEADER);
    const size = header.slice(48, 58).trim();
    if (header.length < HEADER || !header.endsWith(HEADER_END) || !/^\d+$/.test(size)) {
      throw damaged(`no member header at byte ${at}`);
    }
    const start = at + HEADER;
    const end = start + Number(size);
    if (end > bytes.length) throw damaged(`a member that ends ${end - bytes.length} bytes after the file`);
    members.push({
      name: header.slice(0, 16).trimEnd().replace(/\/$/, ""),
      content: bytes.subarray(start, end),
    });
    // Members start at even offsets; the last one may come without its padding.
    at = end + (end % 2);
  }
  return members;
}

function damaged(found: string): Fault {
  return new Fault({ code: "debian/ar", message: `expected a whole ar archive, found ${found}`, exit: 2 });
}
