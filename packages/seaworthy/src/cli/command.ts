/** A command as data: what it is called, what it takes, what it runs. Help is printed from the same data. */
import type { ExitCode } from "../fault/fault.ts";
import type { ProjectOptions, VerbIo } from "../verb/verb.ts";

export interface Option {
  /** `mirror`: written as `--mirror`. */
  readonly name: string;
  readonly short?: string;
  /** What a value stands for: `URL`. A switch has none. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly many?: true;
  readonly summary: string;
}

export interface Example {
  readonly line: string;
  readonly does: string;
}

/** What was written after the command, checked against its options. */
export interface Given {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  /** The last, of an option that was given more than once. */
  text(name: string): string | undefined;
  /** `undefined` when it was not given. */
  texts(name: string): readonly string[] | undefined;
}

/** Where a command prints. Progress goes elsewhere. */
export interface Output {
  /** A line for people; nothing with `--json`. */
  line(text?: string): void;
  /** On a terminal in place of what was drawn before; elsewhere printed when it has changed. */
  redraw(text: string): void;
  /** The result for machines; nothing without `--json`. */
  json(value: unknown): void;
  readonly colour: boolean;
  readonly width: number;
}

export interface Command {
  readonly name: string;
  /** One line, an imperative. */
  readonly summary: string;
  /** What stands after the command and its options: `[DIRECTORY]`. */
  readonly takes: readonly {
    readonly name: string;
    readonly optional: boolean;
    /** Where the name does not say it all. */
    readonly summary?: string;
    /** Whether it is another program and its arguments: what begins with a dash after it is not ours. */
    readonly isProgram?: true;
  }[];
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  run(given: Given, io: VerbIo, output: Output): Promise<0 | ExitCode>;
}

export const DIRECTORY = { name: "DIRECTORY", optional: true } as const;
/** A folder, a file, or a name that an engine knows. @see ../verb/target.ts */
export const TARGET = {
  name: "TARGET",
  optional: true,
  summary:
    "a folder, a Compose file, a Dockerfile, an image in files, or the name of a container or an image that the engine has; this folder otherwise",
} as const;
const FILE: Option = {
  name: "file",
  short: "f",
  value: "FILE",
  many: true,
  summary: "a Compose file, when it has another name; several are laid one over the other",
};
const ENV_FILE: Option = {
  name: "env-file",
  value: "FILE",
  many: true,
  summary: "values for the variables of the Compose file, instead of .env",
};
const PROFILE: Option = {
  name: "profile",
  value: "NAME",
  many: true,
  summary: "with the services of this profile, too",
};
const PROJECT_NAME: Option = {
  name: "project-name",
  value: "NAME",
  summary: "the project's name, instead of the file's or the folder's",
};
export const ENGINE: Option = {
  name: "engine",
  value: "runc|docker",
  summary: "what runs the containers; a Docker Engine when it answers, runc otherwise",
};
const DOCKERFILE: Option = {
  name: "dockerfile",
  summary: "with a Docker Engine: build what has a Dockerfile by it",
};
const ASSEMBLE: Option = {
  name: "assemble",
  summary: "with a Docker Engine: assemble known databases and caches instead of pulling them",
};
export const MIRROR: Option = {
  name: "mirror",
  value: "URL",
  summary: "the Debian mirror; the machine's own otherwise",
};
export const FROZEN: Option = { name: "frozen", summary: "refuse to make or change seaworthy.lock" };
export const SERVICE: Option = { name: "service", value: "NAME", summary: "one service of the stack" };
export const SERVICES: Option = {
  ...SERVICE,
  many: true,
  summary: "this service; more than one may be named",
};
export const WATCH: Option = { name: "watch", short: "w", summary: "go on, and show what changes" };
export const LANGUAGE: Option = { name: "lang", value: "en|ru", summary: "the language of the report" };

/** Which project, and what runs it. */
export const PROJECT: readonly Option[] = [FILE, ENV_FILE, PROFILE, PROJECT_NAME, ENGINE];
/** How its images come about. */
export const IMAGES: readonly Option[] = [MIRROR, FROZEN, DOCKERFILE, ASSEMBLE];

/** The options that every verb on a project has. */
export function projectOptions(given: Given): ProjectOptions & { readonly frozen: boolean } {
  return {
    directory: given.positionals[0] ?? ".",
    files: given.texts("file"),
    envFiles: given.texts("env-file"),
    profiles: given.texts("profile"),
    projectName: given.text("project-name"),
    mirror: given.text("mirror"),
    engine: given.text("engine"),
    dockerfile: given.flag("dockerfile"),
    assemble: given.flag("assemble"),
    frozen: given.flag("frozen"),
  };
}
