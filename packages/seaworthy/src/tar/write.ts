/** Writes tar entries the one way Seaworthy writes them: ustar where it fits, pax where it must, nothing from the machine. */
import type { Entry } from "../tree/tree.ts";

/** Part of every key that a fragment of a layer is remembered under. */
export const TAR_FORMAT = "ustar+pax, mtime 1980-01-01";

/**
 * 1980-01-01T00:00:00Z, the same for every file of every image. Not 0: some programs take a file of 1970 for a missing one,
 * and the zip format cannot say a time before 1980.
 */
export const ENTRY_TIME = 315_532_800;

const BLOCK = 512;
/** The two zero blocks that end an archive. Only the last fragment of a layer may hold them. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

/** One entry as whole blocks. Paths are relative and clean: `rootfs/path.ts` has seen to it. */
export function writeEntry(entry: Entry): Uint8Array {
  const content = entry.kind === "file" ? entry.content : new Uint8Array();
  const name = entry.kind === "directory" ? `${entry.path}/` : entry.path;
  const target = entry.kind === "symlink" ? entry.target : "";
  const records: [string, string][] = [];
  const place = splitName(name);
  if (place === undefined) records.push(["path", name]);
  if (!fits(target, 100)) records.push(["linkpath", target]);
  const header = {
    mode: entry.kind === "symlink" ? 0o777 : entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    size: content.length,
    type: TYPES[entry.kind],
  };
  const blocks = [
    ...(records.length === 0 ? [] : paxBlocks(records)),
    headerBlock({
      ...header,
      name: place?.name ?? truncated(name),
      prefix: place?.prefix ?? "",
      target: fits(target, 100) ? target : truncated(target),
    }),
    content,
    new Uint8Array(padding(content.length)),
  ];
  return Buffer.concat(blocks);
}

const TYPES = { file: "0", directory: "5", symlink: "2" } as const;

interface Header {
  readonly name: string;
  readonly prefix: string;
  readonly target: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly type: string;
}

/** POSIX.1-1988 ustar. Owner names stay empty: names mean something else on every machine. */
function headerBlock(header: Header): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  block.write(header.name, 0, 100, "utf8");
  octal(block, header.mode, 100, 8);
  octal(block, header.uid, 108, 8);
  octal(block, header.gid, 116, 8);
  octal(block, header.size, 124, 12);
  octal(block, ENTRY_TIME, 136, 12);
  block.fill(" ", 148, 156);
  block.write(header.type, 156, 1, "latin1");
  block.write(header.target, 157, 100, "utf8");
  block.write("ustar\u000000", 257, 8, "latin1");
  octal(block, 0, 329, 8);
  octal(block, 0, 337, 8);
  block.write(header.prefix, 345, 155, "utf8");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, 8, "latin1");
  return block;
}

function octal(block: Buffer, value: number, offset: number, length: number): void {
  const digits = value.toString(8);
  if (value < 0 || digits.length > length - 1) {
    throw new RangeError(`expected a number of at most ${length - 1} octal digits, found ${value}`);
  }
  block.write(`${digits.padStart(length - 1, "0")}\0`, offset, length, "latin1");
}

/** Records are in the order of their keys; the header's own name says nothing, for every pax header of an archive may share it. */
function paxBlocks(records: readonly (readonly [string, string])[]): Uint8Array[] {
  const body = Buffer.concat(records.map(([key, value]) => paxRecord(key, value)));
  const header = {
    name: "PaxHeader",
    prefix: "",
    target: "",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: body.length,
    type: "x",
  };
  return [headerBlock(header), body, new Uint8Array(padding(body.length))];
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** Fits a name into ustar's two fields at a slash, the first that leaves at most 100 bytes; `undefined` when none does. */
function splitName(name: string): { readonly name: string; readonly prefix: string } | undefined {
  if (fits(name, 100)) return { name, prefix: "" };
  if (!isAscii(name)) return undefined;
  for (
    let slash = name.indexOf("/");
    slash !== -1 && slash < name.length - 1;
    slash = name.indexOf("/", slash + 1)
  ) {
    const prefix = name.slice(0, slash);
    const rest = name.slice(slash + 1);
    if (fits(prefix, 155) && fits(rest, 100)) return { name: rest, prefix };
  }
  return undefined;
}

function fits(text: string, bytes: number): boolean {
  return isAscii(text) && text.length <= bytes;
}

function isAscii(text: string): boolean {
  return /^[\u0020-\u007e]*$/.test(text);
}

function truncated(text: string): string {
  return text.replaceAll(/[^\u0020-\u007e]/g, "_").slice(0, 100);
}

function padding(length: number): number {
  return (BLOCK - (length % BLOCK)) % BLOCK;
}
