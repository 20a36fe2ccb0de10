/** Who the image runs as: the last `USER` of all stages that it is made of, or the base image's. */
import { nonRoot } from "../../../posture/controls/non-root.ts";
import { baseImage, inherited, variablesAt } from "../../../recipe/dockerfile/stages.ts";
import { expand } from "../../../recipe/dockerfile/variables.ts";
import type { Seen } from "../../source-rule.ts";
import { beginsAsRoot } from "../known-bases.ts";
import { type DockerfileRule, type DockerfileSubject, lookedAt, remark } from "../subject.ts";

export const effectiveUser: DockerfileRule = {
  id: nonRoot.id,
  claim: nonRoot.claim,
  fix: { en: "USER 10001:10001 in the last stage", ru: "USER 10001:10001 в последней стадии" },
  about: nonRoot.about,
  check: judgeUser,
};

function judgeUser({ dockerfile, target, args, overridden }: DockerfileSubject): Seen {
  if (overridden.user) return { wrong: [], looked: [] };
  const all = inherited(target, "USER");
  const last = all.at(-1);
  if (last !== undefined) {
    const stage = dockerfile.stages.find(({ instructions }) => instructions.includes(last)) ?? target;
    const values = variablesAt(dockerfile, stage, last, args);
    const { text, unset } = expand(last.words[0] ?? "", (name) => values.get(name));
    if (text === "" || (unset.length > 0 && !/^\d/.test(text))) {
      const said = remark(last, `${last.text} has no value here`, `у ${last.text} здесь нет значения`);
      return { wrong: [], looked: [], unknown: said };
    }
    const root = rootPart(text);
    if (root === undefined) return { wrong: [], looked: lookedAt([last], 0) };
    const shown = text === last.text ? `USER ${text}` : `USER ${last.text} is ${text}, which`;
    return {
      wrong: [remark(last, `${shown} is ${root}`, `USER ${text} — это root`)],
      looked: lookedAt([last], 1),
    };
  }
  const base = baseImage(target);
  const { from } = target;
  const isRoot = beginsAsRoot(base);
  const did = [{ did: `read ${target.instructions.length} instructions`, saw: "no USER" }];
  if (isRoot === false)
    return { wrong: [], looked: [{ did: "read FROM", saw: `${base} names an ordinary user` }] };
  if (isRoot === undefined) {
    const said = remark(
      from,
      `no USER in any stage, and whom ${base} runs as cannot be told from its name`,
      `ни в одной стадии нет USER, а чей пользователь в ${base}, по имени не видно`,
    );
    return { wrong: [], looked: did, unknown: said };
  }
  const said = remark(from, `no USER, and ${base} runs as root`, `USER нет, а ${base} работает от root`);
  return { wrong: [said], looked: did };
}

/** Root by any spelling, as user or as group. */
function rootPart(user: string): string | undefined {
  const [name = "", group] = user.split(":");
  if (/^(?:root|0+)$/.test(name)) return "root";
  return group !== undefined && /^(?:root|0+)$/.test(group) ? "of root's group" : undefined;
}
