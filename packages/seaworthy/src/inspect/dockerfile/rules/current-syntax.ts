/** What builders only still take. */
import { type DockerfileRule, everywhere, judgeEach } from "../subject.ts";

export const currentSyntax: DockerfileRule = {
  id: "current-syntax",
  claim: {
    en: "Only instructions and forms that are still in use",
    ru: "Только действующие инструкции и формы",
  },
  fix: {
    en: "LABEL in place of MAINTAINER, ENV NAME=value with its sign",
    ru: "LABEL вместо MAINTAINER, ENV ИМЯ=значение со знаком",
  },
  about: {
    severity: "low",
    why: {
      en: "Builders warn of these forms and will refuse them one day. The old ENV takes the whole rest of the line for its value, also what looks like a second variable.",
      ru: "Сборщики предупреждают об этих формах и однажды откажут. Старый ENV берёт в значение весь остаток строки, даже то, что похоже на вторую переменную.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [],
  },
  check: (subject) =>
    judgeEach(everywhere(subject, "MAINTAINER", "ENV", "LABEL"), ({ keyword, text, pairs }) => {
      if (keyword === "MAINTAINER") return { en: "MAINTAINER is obsolete", ru: "MAINTAINER устарел" };
      const [first] = text.split(/\s/);
      // A key may be quoted, with blanks in it.
      if (pairs.length !== 1 || /^(?:"[^"]*"|'[^']*'|[^\s=])+=/.test(text)) return undefined;
      return { en: `${keyword} ${first} has no sign`, ru: `в ${keyword} ${first} нет знака =` };
    }),
};
