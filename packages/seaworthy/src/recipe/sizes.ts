/** Byte sizes as Compose writes them: `64m`, `1gb`, `512kib`, `1.5g`, `4096`. All powers of 1024. */
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectText } from "./expect.ts";

const SIZE = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i;
const POWERS = ["", "k", "m", "g", "t", "p"];

/** In bytes, or `undefined` when the text is no size. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const bytes = Math.floor(Number(match[1]) * 1024 ** POWERS.indexOf((match[2] ?? "").toLowerCase()));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bytes as a number or as text. */
export function readSize(node: ComposeNode): number {
  const size = parseSize(expectText(node));
  if (size === undefined) throw valueFault(node, "a size like 64m");
  return size;
}
