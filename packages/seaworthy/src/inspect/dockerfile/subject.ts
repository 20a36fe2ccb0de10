/** What rules about a Dockerfile are given, and the usual ways to look at it. */
import type { Text } from "@seaworthy/evidence";
import type { Dockerfile, Instruction, Keyword, Stage } from "../../recipe/dockerfile/instruction.ts";
import { commandsOf, installed, type ShellCommand } from "../../recipe/dockerfile/shell.ts";
import { baseImage, lineage } from "../../recipe/dockerfile/stages.ts";
import { missingProgram } from "../missing-program.ts";
import type { Remark, Seen, SourceRule } from "../source-rule.ts";

export interface BuildContext {
  /** Every file that is sent to the builder, relative and with `/`. */
  readonly files: readonly string[];
  /** Those that `.dockerignore` keeps out. */
  readonly ignored: readonly string[];
}

export interface DockerfileSubject {
  readonly dockerfile: Dockerfile;
  /** What is built. */
  readonly target: Stage;
  readonly args: ReadonlyMap<string, string | undefined>;
  /** `undefined` where it is not at hand. */
  readonly context: BuildContext | undefined;
  /** `2026-11-23`: what is maintained today may not be tomorrow. */
  readonly today: string;
  /** What a Compose file says in the image's place. */
  readonly overridden: { readonly user: boolean; readonly healthCheck: boolean };
}

export type DockerfileRule = SourceRule<DockerfileSubject>;

/** In every stage: what is done to build counts as well. */
export function everywhere(
  { dockerfile }: DockerfileSubject,
  ...keywords: readonly Keyword[]
): readonly Instruction[] {
  return dockerfile.stages.flatMap((stage) => ofStage(stage, keywords));
}

/** In the stages that the image is made of. */
export function shipped(
  { target }: DockerfileSubject,
  ...keywords: readonly Keyword[]
): readonly Instruction[] {
  return lineage(target).flatMap((stage) => ofStage(stage, keywords));
}

function ofStage({ instructions }: Stage, keywords: readonly Keyword[]): readonly Instruction[] {
  return instructions
    .flatMap((one) => (one.trigger === undefined ? [one] : [one, one.trigger]))
    .filter(({ keyword }) => keywords.includes(keyword));
}

/** By the package managers of its `RUN` lines. */
export function installedIn(subject: DockerfileSubject): ReadonlySet<string> {
  return new Set(shipped(subject, "RUN").flatMap(commandsOf).flatMap(installed));
}

/** What `CMD`, `ENTRYPOINT` or `HEALTHCHECK` calls in vain. */
export function missingFrom(subject: DockerfileSubject, instruction: Instruction): Text | undefined {
  const line = { needsShell: instruction.exec === undefined, commands: commandsOf(instruction) };
  return missingProgram(line, baseImage(subject.target), installedIn(subject));
}

export function remark(instruction: Instruction, en: string, ru: string): Remark {
  return { summary: { en, ru }, place: instruction.place, key: instruction.keyword };
}

/** The usual shape of a rule: each instruction of some kinds is judged by itself. */
export function judgeEach(
  instructions: readonly Instruction[],
  judge: (instruction: Instruction) => Text | undefined,
): Seen {
  const wrong = instructions.flatMap((instruction) => {
    const summary = judge(instruction);
    return summary === undefined ? [] : [{ summary, place: instruction.place, key: instruction.keyword }];
  });
  return { wrong, looked: lookedAt(instructions, wrong.length) };
}

/** Each program that the instructions start; the first that is wrong speaks for its instruction. */
export function judgeCommands(
  instructions: readonly Instruction[],
  judge: (command: ShellCommand, all: readonly ShellCommand[], instruction: Instruction) => Text | undefined,
): Seen {
  return judgeEach(instructions, (instruction) => {
    const all = commandsOf(instruction);
    for (const command of all) {
      const summary = judge(command, all, instruction);
      if (summary !== undefined) return summary;
    }
    return undefined;
  });
}

export function lookedAt(instructions: readonly Instruction[], wrong: number): Seen["looked"] {
  if (instructions.length === 0) return [];
  const keywords = [...new Set(instructions.map(({ keyword }) => keyword))].join(", ");
  return [
    {
      did: `read ${instructions.length} × ${keywords}`,
      saw: wrong === 0 ? "nothing wrong" : `${wrong} wrong`,
    },
  ];
}
