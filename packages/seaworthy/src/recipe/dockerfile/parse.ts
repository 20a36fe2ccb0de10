/** Reads a Dockerfile: every instruction in its stage, or the line that no builder would take. */
import type { Place } from "../../fault/fault.ts";
import { closest } from "../closest.ts";
import { type Dockerfile, type Instruction, KEYWORDS, type Keyword, type Stage } from "./instruction.ts";
import { type LogicalLine, readLines, syntax } from "./lines.ts";
import { expand } from "./variables.ts";
import { pairs, words } from "./words.ts";

/** Whose first arguments may be `--flags`, and which. */
const FLAGS: Readonly<Partial<Record<Keyword, readonly string[]>>> = {
  ADD: ["checksum", "chmod", "chown", "exclude", "keep-git-dir", "link", "unpack"],
  COPY: ["chmod", "chown", "exclude", "from", "link", "parents"],
  FROM: ["platform"],
  HEALTHCHECK: ["interval", "retries", "start-interval", "start-period", "timeout"],
  RUN: ["device", "mount", "network", "security"],
};
const FLAG = /^--([a-z][a-z-]*)(?:=(\S*))?(?:\s+|$)/;
/** Not to be left to others. */
const NO_TRIGGER = /^(?:FROM|MAINTAINER|ONBUILD)\b/i;
const WITH_PAIRS: readonly Keyword[] = ["ARG", "ENV", "LABEL"];
/** BuildKit knows them without being told; any platform will do to see which image is meant. */
const PLATFORM = new Map([
  ["PLATFORM", "linux/amd64"],
  ["OS", "linux"],
  ["ARCH", "amd64"],
  ["VARIANT", ""],
]);

/**
 * @param file the path to show in messages
 * @param given build arguments, as `--build-arg` or Compose's `build.args` give them
 * @throws Fault `dockerfile/syntax` with the line
 * @see {@link https://docs.docker.com/reference/dockerfile/}
 */
export function parseDockerfile(
  text: string,
  file: string,
  given: ReadonlyMap<string, string | undefined> = new Map(),
): Dockerfile {
  const { directives, escape, lines } = readLines(text, file);
  const instructions = lines.map((line) => toInstruction(line, escape));
  const first = instructions.findIndex(({ keyword }) => keyword === "FROM");
  const early = instructions.find(
    ({ keyword }, index) => keyword !== "ARG" && (first === -1 || index < first),
  );
  if (early !== undefined) throw syntax("a FROM before it", early.keyword, early.place, "Begin with FROM.");
  if (first === -1) throw syntax("a Dockerfile with a FROM", "none", { file });
  const args = new Map<string, string | undefined>();
  for (const [name, value] of instructions.slice(0, first).flatMap(({ pairs: all }) => all)) {
    const own = value === undefined ? undefined : expand(value, (other) => args.get(other)).text;
    args.set(name, given.get(name) ?? own);
  }
  const stages: Stage[] = [];
  for (let at = first; at < instructions.length; ) {
    const next = instructions.findIndex(({ keyword }, index) => keyword === "FROM" && index > at);
    const [from, ...others] = instructions.slice(at, next === -1 ? undefined : next);
    if (from !== undefined) stages.push(toStage(from, others, args, stages));
    at = next === -1 ? instructions.length : next;
  }
  return { file, escape, directives, args, stages: stages as unknown as Dockerfile["stages"] };
}

function toStage(
  from: Instruction,
  instructions: readonly Instruction[],
  args: ReadonlyMap<string, string | undefined>,
  before: readonly Stage[],
): Stage {
  const [image, as, name, ...more] = from.words;
  const isNamed = as?.toUpperCase() === "AS" && name !== undefined;
  if (image === undefined || (as !== undefined && !isNamed) || more.length > 0) {
    throw syntax("FROM IMAGE or FROM IMAGE AS NAME", `"FROM ${from.text}"`, from.place);
  }
  const base = expand(image, (variable) => args.get(variable) ?? platformValue(variable)).text;
  return {
    ...{ index: before.length, name: name?.toLowerCase(), from, base, instructions },
    parent: before.findLast((stage) => stage.name === base.toLowerCase()),
  };
}

function platformValue(name: string): string | undefined {
  return PLATFORM.get(/^(?:TARGET|BUILD)(\w+)$/.exec(name)?.[1] ?? "");
}

function toInstruction({ text, heredocs, place }: LogicalLine, escape: string): Instruction {
  const [, word = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const keyword = KEYWORDS.find((known) => known === word.toUpperCase());
  if (keyword === undefined) {
    const meant = closest(word.toUpperCase(), KEYWORDS);
    const hint = meant === undefined ? undefined : `Did you mean ${meant}?`;
    throw syntax("an instruction of a Dockerfile", `"${word.slice(0, 40)}"`, place, hint);
  }
  const { flags, after } = takeFlags(keyword, rest, place);
  if (after === "" && keyword !== "CMD" && keyword !== "ENTRYPOINT") {
    throw syntax(`${keyword} with arguments`, "none", place);
  }
  const [refused] = keyword === "ONBUILD" ? (NO_TRIGGER.exec(after) ?? []) : [];
  if (refused !== undefined) throw syntax("another instruction after ONBUILD", refused, place);
  const trigger = keyword === "ONBUILD" ? toInstruction({ text: after, heredocs, place }, escape) : undefined;
  const exec = execForm(after);
  const own = exec ?? words(after, escape);
  const pairsOf = WITH_PAIRS.includes(keyword) ? pairs(after, escape, keyword !== "ARG") : [];
  if ((keyword === "COPY" || keyword === "ADD") && own.length < 2) {
    throw syntax(`${keyword} with a source and a place to put it`, `"${after}"`, place);
  }
  if (keyword !== "ARG" && pairsOf.some(([, value]) => value === undefined)) {
    throw syntax(`${keyword} NAME=value`, `"${after}"`, place);
  }
  return {
    ...{ keyword, text: after, flags, place, exec },
    words: own,
    pairs: pairsOf,
    heredocs: trigger === undefined ? heredocs : [],
    trigger,
  };
}

function takeFlags(
  keyword: Keyword,
  text: string,
  place: Place,
): Pick<Instruction, "flags"> & { readonly after: string } {
  const flags = new Map<string, readonly string[]>();
  const known = FLAGS[keyword] ?? [];
  let after = text;
  for (let match = FLAG.exec(after); match !== null && known.length > 0; match = FLAG.exec(after)) {
    const [whole, name = "", value = ""] = match;
    if (!known.includes(name)) {
      const meant = closest(name, known);
      const hint = meant === undefined ? undefined : `Did you mean --${meant}?`;
      throw syntax(`a flag of ${keyword}`, `--${name}`, place, hint);
    }
    flags.set(name, [...(flags.get(name) ?? []), value]);
    after = after.slice(whole.length);
  }
  return { flags, after: after.trim() };
}

/** What is no JSON list of strings is the shell form, as every builder has it. */
function execForm(text: string): readonly string[] | undefined {
  const command = text.replace(/^CMD\s+(?=\[)/i, "");
  if (!command.startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(command);
    if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return undefined;
}
