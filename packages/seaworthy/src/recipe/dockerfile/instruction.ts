/** A Dockerfile as rules look at it: stages of instructions, each with its line and its arguments in one form. */
import type { Place } from "../../fault/fault.ts";

/** @see {@link https://docs.docker.com/reference/dockerfile/} */
export const KEYWORDS = [
  "ADD",
  "ARG",
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "FROM",
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "ONBUILD",
  "RUN",
  "SHELL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
] as const;
export type Keyword = (typeof KEYWORDS)[number];

export interface Heredoc {
  readonly name: string;
  readonly content: string;
}

export interface Instruction {
  /** In capitals, as it may be written in any case. */
  readonly keyword: Keyword;
  /** Its arguments as one line: continued lines joined, comments and flags taken out. */
  readonly text: string;
  /** The arguments: of the exec form, or the text split at blanks with the quotes taken off. */
  readonly words: readonly string[];
  /** Of `ARG`, `ENV` and `LABEL`: names and values; empty for the others. */
  readonly pairs: readonly (readonly [name: string, value: string | undefined])[];
  /** `--from=builder`; those that may be repeated, like `--mount`, keep every value. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** The arguments of `["exec", "form"]`; `undefined` for the shell form. */
  readonly exec: readonly string[] | undefined;
  readonly heredocs: readonly Heredoc[];
  /** What `ONBUILD` leaves to the images that are built on this one. */
  readonly trigger: Instruction | undefined;
  /** Of its first word. */
  readonly place: Place;
}

export interface Stage {
  /** From 0. */
  readonly index: number;
  /** Of `AS`, in small letters as names are compared. */
  readonly name: string | undefined;
  readonly from: Instruction;
  /** Another stage's name, an image, or `scratch`; with what its variables are by default. */
  readonly base: string;
  /** The stage it starts from, when it is not an image. */
  readonly parent: Stage | undefined;
  /** Without `FROM`. */
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** As the caller wrote it. */
  readonly file: string;
  /** `\`, or a backtick. */
  readonly escape: string;
  /** `syntax`, `escape`, `check`; in small letters. */
  readonly directives: ReadonlyMap<string, string>;
  /** Before the first `FROM`: with a default, or without. */
  readonly args: ReadonlyMap<string, string | undefined>;
  /** At least one; the last is what is built unless another is asked for. */
  readonly stages: readonly [Stage, ...Stage[]];
}
