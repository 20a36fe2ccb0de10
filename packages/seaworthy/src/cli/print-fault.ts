/** An error as a person can use it: what was expected and found, the line it stands on, and what to do. */
import { readFileSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { type Fault, formatPlace, type Place } from "../fault/fault.ts";
import { paint } from "./paint.ts";

/** @returns lines for the error output, without a final line break */
export function printFault(fault: Fault, colour: boolean): string {
  const { bold, dim, red } = paint(colour);
  const lines = [`${red("error")} ${bold(fault.message)}`];
  if (fault.place !== undefined) {
    lines.push(`  ${dim("at")} ${formatPlace({ ...fault.place, file: short(fault.place.file) })}`);
    lines.push(...quoted(fault.place).map((line) => dim(line)));
  }
  if (fault.hint !== undefined) lines.push(...fault.hint.split("\n").map((line) => `  ${line}`));
  lines.push(dim(`  [${fault.code}]`));
  return lines.join("\n");
}

/** What is no Fault is a mistake of ours; the stack is for those who ask. */
export function printBug(error: unknown, showStack: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && showStack ? `\n${error.stack}` : "";
  return `error ${message}\n  This is a bug in seaworthy. SEAWORTHY_DEBUG=1 shows where it happened.${stack}`;
}

export function asJson(fault: Fault): object {
  const { code, message, place, hint, exit } = fault;
  return {
    error: {
      code,
      message,
      ...(place === undefined ? {} : { place }),
      ...(hint === undefined ? {} : { hint }),
      exit,
    },
  };
}

function short(file: string): string {
  if (!isAbsolute(file)) return file;
  const near = relative(process.cwd(), file);
  return near.startsWith("..") || near === "" ? file : near;
}

function quoted(place: Place): string[] {
  if (place.line === undefined) return [];
  let text: string | undefined;
  try {
    text = readFileSync(place.file, "utf8").split("\n")[place.line - 1];
  } catch {
    return [];
  }
  if (text === undefined || text.length > 200) return [];
  const number = String(place.line);
  const caret =
    place.column === undefined ? [] : [`  ${" ".repeat(number.length)} | ${" ".repeat(place.column - 1)}^`];
  return [`  ${number} | ${text}`, ...caret];
}
