/** Lines at the end of a terminal that are drawn over and over in the same place. */
import type { ProgressStream } from "./progress.ts";

export interface LiveBlock {
  /** Takes the place of what was drawn before; lines wider than the terminal are cut, for they would break in two. */
  draw(lines: readonly string[]): void;
  /** Leaves the terminal as if nothing had been drawn. */
  clear(): void;
}

const DEFAULT_WIDTH = 80;

export function liveBlock(stream: ProgressStream): LiveBlock {
  let drawn = 0;
  // Up to the first line of what is there, and away with all below.
  const home = (): string => (drawn > 1 ? `\r\x1b[${drawn - 1}A\x1b[J` : "\r\x1b[J");
  return {
    draw(lines) {
      const width = (stream.columns ?? DEFAULT_WIDTH) - 1;
      stream.write(home() + lines.map((line) => cut(line, width)).join("\n"));
      drawn = lines.length;
    },
    clear() {
      stream.write(home());
      drawn = 0;
    },
  };
}

const ESCAPE = /\x1b\[[0-9;]*m/g;

/** Colours take no room. */
function cut(line: string, width: number): string {
  if (line.replaceAll(ESCAPE, "").length <= width) return line;
  let out = "";
  let room = width;
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    if (part.startsWith("\x1b")) out += part;
    else {
      out += part.slice(0, room);
      room = Math.max(0, room - part.length);
    }
  }
  return out;
}
