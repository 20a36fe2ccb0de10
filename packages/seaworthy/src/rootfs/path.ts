/** What a path inside an image may look like. */
import { Fault } from "../fault/fault.ts";

/** Linux's PATH_MAX and NAME_MAX, without the terminating zero. */
const MAX_PATH = 4095;
const MAX_NAME = 255;

/**
 * Takes a path as archives and people write it (`./usr/bin/`, `/etc/passwd`) and gives it relative and clean (`usr/bin`).
 * The root itself is the empty string.
 * @param origin the archive or package, for the message
 * @throws Fault `rootfs/path` for `..`, zero bytes, names too long, and names reserved for whiteouts
 */
export function cleanPath(path: string, origin: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  for (const part of parts) {
    if (part === "..") throw refused(path, origin, 'a ".." that leads out of the tree');
    if (part.includes("\0")) throw refused(path, origin, "a zero byte");
    if (Buffer.byteLength(part) > MAX_NAME) throw refused(path, origin, `a name beyond ${MAX_NAME} bytes`);
    // OCI image specification, layer.md: names that start with `.wh.` delete what lies below.
    if (part.startsWith(".wh."))
      throw refused(path, origin, 'a name that starts with ".wh.", which deletes files');
  }
  const clean = parts.join("/");
  if (Buffer.byteLength(clean) > MAX_PATH) throw refused(path, origin, `a path beyond ${MAX_PATH} bytes`);
  return clean;
}

/** Every directory above the path, outermost first. */
export function ancestorsOf(path: string): string[] {
  const ancestors: string[] = [];
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    ancestors.push(path.slice(0, slash));
  }
  return ancestors;
}

/** The order of bytes, the same in every locale; a parent comes before what is in it. */
export function comparePaths(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function refused(path: string, origin: string, what: string): Fault {
  return new Fault({
    code: "rootfs/path",
    message: `expected a path inside the image from ${origin}, found ${what}: ${JSON.stringify(path.slice(0, 200))}`,
    exit: 2,
  });
}
