/** Reads a tar that lies in memory: ustar, pax and GNU long names, every number and checksum checked. */
import { Fault } from "../fault/fault.ts";

export type TarKind =
  | "file"
  | "directory"
  | "symlink"
  | "hardlink"
  | "character"
  | "block"
  | "fifo"
  | "other";

export interface TarEntry {
  /** As stored: `./usr/bin/node`, `package/index.js`. Never trusted: see `rootfs/path.ts`. */
  readonly name: string;
  readonly kind: TarKind;
  /** Permission bits with set-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly size: number;
  readonly linkTarget: string;
  /** A view into the archive, not a copy. */
  readonly content: Uint8Array;
  /** Extended headers that applied, binary values as latin1. */
  readonly pax: ReadonlyMap<string, string>;
}

const BLOCK = 512;
/** A name or an extended header beyond this is an attack, not a file. */
const MAX_HEADER = 1024 * 1024;

const KINDS: Readonly<Record<string, TarKind>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "character",
  "4": "block",
  "5": "directory",
  "6": "fifo",
};

/**
 * Entries in archive order. Ends at the first zero block or the end of the data.
 * @throws Fault `tar/damaged` for a bad checksum, number, extended header, or content that runs past the end
 */
export function* readTar(archive: Uint8Array): Generator<TarEntry> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const global = new Map<string, string>();
  let local = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.length < BLOCK)
      throw damaged(at, "expected a header of 512 bytes, found the end of the archive");
    if (header.every((byte) => byte === 0)) return;
    checkSum(header, at);
    const type = String.fromCharCode(header[156] ?? 0);
    const size = sizeOf(header, local, global, at);
    const start = at + BLOCK;
    if (start + size > bytes.length) {
      throw damaged(at, `expected ${size} bytes of content, found ${bytes.length - start}`);
    }
    const content = bytes.subarray(start, start + size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    switch (type) {
      case "x":
        parsePax(content, local, start);
        continue;
      case "g":
        parsePax(content, global, start);
        continue;
      case "L":
        local.set("path", longName(content, start));
        continue;
      case "K":
        local.set("linkpath", longName(content, start));
        continue;
      default:
        yield toEntry(header, type, content, new Map([...global, ...local]), start);
        local = new Map();
    }
  }
}

/**
 * What lets a file give capabilities to whoever starts it, as the kernel keeps it, in hexadecimal; `undefined` without.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md#file-attributes
 */
export function fileCapabilities({ pax }: Pick<TarEntry, "pax">): string | undefined {
  const value = pax.get("SCHILY.xattr.security.capability");
  return value === undefined ? undefined : Buffer.from(value, "latin1").toString("hex");
}

function toEntry(
  header: Buffer,
  type: string,
  content: Uint8Array,
  pax: ReadonlyMap<string, string>,
  at: number,
): TarEntry {
  const name = pax.get("path") ?? storedName(header);
  if (name.includes("\0") || name === "")
    throw damaged(at, "expected a name, found none or one with a zero byte");
  // Old archives mark a directory by a slash alone.
  const kind = KINDS[type] ?? "other";
  return {
    name,
    kind: kind === "file" && name.endsWith("/") ? "directory" : kind,
    mode: numberOf(header, 100, 8, at) & 0o7777,
    uid: paxNumber(pax, "uid", at) ?? numberOf(header, 108, 8, at),
    gid: paxNumber(pax, "gid", at) ?? numberOf(header, 116, 8, at),
    mtime: Math.floor(paxNumber(pax, "mtime", at) ?? numberOf(header, 136, 12, at)),
    size: content.length,
    linkTarget: pax.get("linkpath") ?? textOf(header, 157, 100),
    content,
    pax,
  };
}

function paxNumber(pax: ReadonlyMap<string, string>, key: string, at: number): number | undefined {
  const text = pax.get(key);
  if (text === undefined) return undefined;
  const isNumber = key === "mtime" ? /^-?\d+(\.\d*)?$/.test(text) : /^\d{1,10}$/.test(text);
  if (!isNumber)
    throw damaged(at, `expected a number for ${key}, found ${JSON.stringify(text.slice(0, 50))}`);
  return Number(text);
}

function storedName(header: Buffer): string {
  const name = textOf(header, 0, 100);
  const isUstar = header.toString("latin1", 257, 263) === "ustar\0";
  const prefix = isUstar ? textOf(header, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function sizeOf(
  header: Buffer,
  local: ReadonlyMap<string, string>,
  global: ReadonlyMap<string, string>,
  at: number,
): number {
  const said = local.get("size") ?? global.get("size");
  const type = header[156] ?? 0;
  const isExtension = type === 0x78 || type === 0x67 || type === 0x4c || type === 0x4b;
  const size = said === undefined || isExtension ? numberOf(header, 124, 12, at) : Number(said);
  if (!Number.isSafeInteger(size) || size < 0) throw damaged(at, `expected a size, found ${said ?? size}`);
  if (isExtension && size > MAX_HEADER)
    throw damaged(at, `expected an extended header below 1 MiB, found ${size} bytes`);
  // Links and devices have no content, whatever their header says.
  return type >= 0x31 && type <= 0x36 ? 0 : size;
}

/** Of the entry whose header this is: how many bytes of content follow it, before padding. */
export function contentSize(header: Buffer, at: number): number {
  checkSum(header, at);
  return sizeOf(header, new Map(), new Map(), at);
}

function checkSum(header: Buffer, at: number): void {
  const expected = numberOf(header, 148, 8, at);
  let sum = 8 * 0x20;
  for (let index = 0; index < BLOCK; index += 1) {
    if (index < 148 || index >= 156) sum += header[index] ?? 0;
  }
  if (sum !== expected) throw damaged(at, `expected header checksum ${expected}, found ${sum}`);
}

/** Octal text, or base 256 when the first bit is set (GNU, for numbers that do not fit). */
function numberOf(header: Buffer, offset: number, length: number, at: number): number {
  const field = header.subarray(offset, offset + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = BigInt((field[0] ?? 0) & 0x7f);
    for (const byte of field.subarray(1)) value = value * 256n + BigInt(byte);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw damaged(at, "expected a number below 2^53, found a larger one");
    return Number(value);
  }
  const text = field.toString("latin1").replaceAll("\0", " ").trim();
  if (text === "") return 0;
  if (!/^[0-7]+$/.test(text)) throw damaged(at, `expected an octal number, found ${JSON.stringify(text)}`);
  return Number.parseInt(text, 8);
}

function textOf(header: Buffer, offset: number, length: number): string {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

function longName(content: Buffer, at: number): string {
  const end = content.indexOf(0);
  const name = content.toString("utf8", 0, end === -1 ? content.length : end);
  if (name === "") throw damaged(at, "expected a long name, found none");
  return name;
}

/** Records of `LENGTH KEY=VALUE\n`, where LENGTH counts itself (POSIX.1-2001, pax). */
function parsePax(content: Buffer, into: Map<string, string>, at: number): void {
  for (let offset = 0; offset < content.length; ) {
    const space = content.indexOf(0x20, offset);
    const digits = space === -1 ? "" : content.toString("latin1", offset, space);
    const length = /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : 0;
    const end = offset + length;
    const equals = content.indexOf(0x3d, space);
    if (length === 0 || end > content.length || content[end - 1] !== 0x0a || equals === -1 || equals >= end) {
      throw damaged(at + offset, "expected an extended header record, found something else");
    }
    const key = content.toString("utf8", space + 1, equals);
    const isText = key === "path" || key === "linkpath";
    into.set(key, content.toString(isText ? "utf8" : "latin1", equals + 1, end - 1));
    offset = end;
  }
}

function damaged(at: number, message: string): Fault {
  return new Fault({ code: "tar/damaged", message: `${message} (tar offset ${at})`, exit: 2 });
}
