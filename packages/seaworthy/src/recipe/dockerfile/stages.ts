/** What holds in a stage of a Dockerfile, inherited from the stages below it included. */
import type { Dockerfile, Instruction, Keyword, Stage } from "./instruction.ts";
import { expand } from "./variables.ts";

/** From the stage that starts from an image to this one. */
export function lineage(stage: Stage): readonly Stage[] {
  return stage.parent === undefined ? [stage] : [...lineage(stage.parent), stage];
}

/** The image that the stage is made on, through all stages between: `python:3.11-slim`, `scratch`. */
export function baseImage(stage: Stage): string {
  return lineage(stage)[0]?.base ?? stage.base;
}

/** Every instruction of this kind that made the stage what it is, in order. */
export function inherited(stage: Stage, keyword: Keyword): readonly Instruction[] {
  return lineage(stage).flatMap(({ instructions }) => instructions.filter((one) => one.keyword === keyword));
}

/** The one that is built: that of `target`, or the last. */
export function targetStage(dockerfile: Dockerfile, target?: string): Stage | undefined {
  if (target === undefined || target === "") return dockerfile.stages.at(-1);
  return dockerfile.stages.findLast(
    ({ name, index }) => name === target.toLowerCase() || String(index) === target,
  );
}

/**
 * The values of `ARG` and `ENV` where an instruction of the stage stands, as far as the Dockerfile says: those of the base
 * image are not known. An `ARG` before the first `FROM` counts only where it is declared again.
 */
export function variablesAt(
  dockerfile: Dockerfile,
  stage: Stage,
  before: Instruction | undefined,
  given: ReadonlyMap<string, string | undefined> = new Map(),
): ReadonlyMap<string, string> {
  const args = new Map<string, string>();
  const env = new Map<string, string>();
  const lookup = (name: string): string | undefined => env.get(name) ?? args.get(name);
  for (const one of lineage(stage)) {
    // Arguments end with their stage, the environment does not.
    args.clear();
    for (const instruction of one.instructions) {
      if (instruction === before) return new Map([...args, ...env]);
      for (const [name, value] of instruction.keyword === "LABEL" ? [] : instruction.pairs) {
        const own = value === undefined ? undefined : expand(value, lookup).text;
        if (instruction.keyword === "ENV") env.set(name, own ?? "");
        else {
          const said = given.get(name) ?? own ?? dockerfile.args.get(name);
          if (said !== undefined) args.set(name, said);
        }
      }
    }
  }
  return new Map([...args, ...env]);
}
