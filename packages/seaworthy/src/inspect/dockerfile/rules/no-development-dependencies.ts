/** What only developers need does not belong into the image that is shipped. */
import { withoutSudo } from "../../../recipe/dockerfile/shell.ts";
import { variablesAt } from "../../../recipe/dockerfile/stages.ts";
import { noDevelopmentDependencies as rule } from "../../rules/no-development-dependencies.ts";
import { type DockerfileRule, judgeCommands, shipped } from "../subject.ts";

export const noDevelopmentDependencies: DockerfileRule = {
  id: rule.id,
  claim: rule.claim,
  fix: {
    en: "npm ci --omit=dev in the last stage, or build in another one",
    ru: "npm ci --omit=dev в последней стадии или сборка в отдельной стадии",
  },
  about: rule.about,
  check: (subject) =>
    judgeCommands(shipped(subject, "RUN"), ({ argv }, _, instruction) => {
      const [program = "", verb = "", ...rest] = withoutSudo(argv);
      const values = variablesAt(subject.dockerfile, subject.target, instruction, subject.args);
      if (values.get("NODE_ENV") === "production" && !/^(?:poetry|uv|bundle)$/.test(program))
        return undefined;
      const has = (expression: RegExp): boolean => rest.some((word) => expression.test(word));
      const wrong =
        (program === "npm" && verb === "ci" && !has(/^--omit=.*dev|^--only=prod|^--production/)) ||
        (program === "pnpm" && /^i(?:nstall)?$/.test(verb) && !has(/^--prod$|^-P$/)) ||
        (program === "yarn" && /^(?:install)?$/.test(verb) && !has(/^--production/)) ||
        (program === "poetry" && verb === "install" && !has(/^--(?:only|without|no-dev)/)) ||
        (program === "uv" && verb === "sync" && !has(/^--no-dev$/));
      if (!wrong) return undefined;
      return {
        en: `${program} ${verb} brings them into the image`.replace("  ", " "),
        ru: `${program} ${verb}: они попадают в образ`,
      };
    }),
};
