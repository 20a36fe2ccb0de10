/** What a command line starts and its image does not have, as far as source tells. */
import type { Text } from "@seaworthy/evidence";
import type { ShellCommand } from "../recipe/dockerfile/shell.ts";
import { hasProgram } from "./dockerfile/known-bases.ts";

interface CommandLine {
  /** In shell form. */
  readonly needsShell: boolean;
  readonly commands: readonly ShellCommand[];
}

/**
 * @param base the image at the bottom
 * @param installed by `RUN` lines on top of it
 * @returns what to say of the first one; `undefined` also when the image's name tells nothing
 */
export function missingProgram(
  { needsShell, commands }: CommandLine,
  base: string,
  installed: ReadonlySet<string>,
): Text | undefined {
  const isMissing = (program: string): boolean =>
    !installed.has(program) && hasProgram(base, program) === false;
  if (needsShell && isMissing("/bin/sh"))
    return { en: `it needs a shell, and ${base} has none`, ru: `нужна оболочка, а в ${base} её нет` };
  const program = commands
    .map(({ argv: [first = ""] }) => first.replace(/^(?:\/usr)?\/bin\//, ""))
    .find(isMissing);
  if (program === undefined) return undefined;
  return {
    en: `it calls ${program}, which ${base} does not have`,
    ru: `вызывает ${program}, которого в ${base} нет`,
  };
}
