/** An image that is built on a tag is built on another image tomorrow. */
import type { Dockerfile, Instruction } from "../../../recipe/dockerfile/instruction.ts";
import { lineage } from "../../../recipe/dockerfile/stages.ts";
import { pinned } from "../../rules/pinned.ts";
import { baseName } from "../known-bases.ts";
import { type DockerfileRule, judgeEach } from "../subject.ts";

export const pinnedBase: DockerfileRule = {
  id: pinned.id,
  claim: pinned.claim,
  fix: { en: "FROM name:tag@sha256:...", ru: "FROM name:tag@sha256:..." },
  about: pinned.about,
  check({ dockerfile }) {
    const needed = new Set(dockerfile.stages.flatMap(lineage));
    const roots = [...needed].filter(({ parent, base }) => parent === undefined && base !== "scratch");
    const bases = new Map([...roots.map(({ from, base }) => [from, base] as const), ...borrowed(dockerfile)]);
    return judgeEach([...bases.keys()], (from) => {
      const base = bases.get(from) ?? "";
      const { tag, digest } = baseName(base);
      if (digest !== undefined || base === "") return undefined;
      if (tag === undefined || tag === "latest")
        return {
          en: `${base} is whatever was pushed last`,
          ru: `${base} — то, что было опубликовано последним`,
        };
      return { en: `${base} is a tag that can be moved`, ru: `${base} — метка, которую можно переставить` };
    });
  },
};

/** Images that files are taken from: `COPY --from=` and `RUN --mount=from=` of what is no stage. */
function borrowed({ stages }: Dockerfile): readonly (readonly [Instruction, string])[] {
  const own = new Set(
    stages.flatMap(({ name, index }) => [String(index), ...(name === undefined ? [] : [name])]),
  );
  return stages
    .flatMap(({ instructions }) => instructions)
    .flatMap((instruction): readonly (readonly [Instruction, string])[] => {
      const { flags } = instruction;
      const mounted = (flags.get("mount") ?? []).flatMap(
        (mount) => /(?:^|,)from=([^,]+)/.exec(mount)?.[1] ?? [],
      );
      const [from] = [...(flags.get("from") ?? []), ...mounted];
      // A variable's value is not known here, and a number that is no stage is another rule's.
      if (from === undefined || own.has(from.toLowerCase()) || /^\d+$|\$/.test(from)) return [];
      return [[instruction, from]];
    });
}
