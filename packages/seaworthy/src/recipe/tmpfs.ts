/** Reads `tmpfs:` strings (`/tmp:size=16m,mode=1777,noexec`) with Docker's defaults: noexec, nosuid, nodev. */
import { type ComposeNode, unsupported, valueFault } from "./compose-node.ts";
import { expectString } from "./expect.ts";
import { parseSize } from "./sizes.ts";

export interface ComposeTmpfs {
  readonly kind: "tmpfs";
  readonly target: string;
  /** In bytes; `undefined` is the kernel's default, half of the machine's memory. */
  readonly size: number | undefined;
  readonly mode: number;
  readonly exec: boolean;
  readonly uid?: number;
  readonly gid?: number;
}

export const TMPFS_MODE = 0o1777;
/** What every tmpfs gets anyway. */
const ALWAYS = ["nosuid", "nodev", "rw"];

export function readTmpfs(node: ComposeNode): ComposeTmpfs {
  const text = expectString(node);
  const colon = text.indexOf(":");
  const target = colon === -1 ? text : text.slice(0, colon);
  if (!target.startsWith("/")) throw valueFault(node, 'an absolute path with options, like "/tmp:size=16m"');
  let size: number | undefined;
  let mode = TMPFS_MODE;
  let exec = false;
  const owner: { uid?: number; gid?: number } = {};
  for (const option of colon === -1 ? [] : text.slice(colon + 1).split(",")) {
    const [name = "", value = ""] = option.split("=");
    if (name === "size") size = sizeOf(node, value);
    else if (name === "mode") mode = modeOf(node, value);
    else if (name === "uid" || name === "gid") owner[name] = idOf(node, name, value);
    else if (name === "exec" || name === "noexec") exec = name === "exec";
    else if (!ALWAYS.includes(option)) {
      throw unsupported(
        node,
        `the tmpfs option "${option}"`,
        "Use size, mode, uid, gid and exec or noexec only.",
      );
    }
  }
  return { kind: "tmpfs", target, size, mode, exec, ...owner };
}

function sizeOf(node: ComposeNode, text: string): number | undefined {
  const size = parseSize(text);
  if (size === undefined) throw valueFault(node, "a tmpfs with a size like 16m", `size=${text}`);
  // To the kernel, zero is no limit.
  return size === 0 ? undefined : size;
}

function modeOf(node: ComposeNode, text: string): number {
  if (!/^[0-7]{3,5}$/.test(text)) {
    throw valueFault(node, "a tmpfs with an octal mode like 1777", `mode=${text}`);
  }
  return Number.parseInt(text, 8);
}

function idOf(node: ComposeNode, name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw valueFault(node, "a tmpfs whose owner is a number", `${name}=${text}`);
  return Number(text);
}
