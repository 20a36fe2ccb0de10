/** A variable that is not set becomes nothing, and the rest of the file is judged with a hole in it. */
import type { Seen } from "../../source-rule.ts";
import { type ComposeRule, type ComposeSubject, remark } from "../subject.ts";

export const setVariables: ComposeRule = {
  id: "set-variables",
  claim: {
    en: "Every variable of the Compose file has a value",
    ru: "У каждой переменной файла Compose есть значение",
  },
  fix: {
    en: "set it in .env, or write ${NAME:-default} or ${NAME:?message}",
    ru: "задайте её в .env или напишите ${ИМЯ:-значение} либо ${ИМЯ:?сообщение}",
  },
  about: {
    severity: "medium",
    why: {
      en: "Compose puts nothing in its place: a path becomes the root directory, a tag the newest image, a password none. What cannot be seen here cannot be judged, so it is not counted as a pass.",
      ru: "Compose подставляет пустоту: путь становится корнем, метка — новейшим образом, пароль исчезает. Чего здесь не видно, о том нельзя судить, поэтому успехом это не считается.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: [],
  },
  check: judge,
};

/** Of the service's own lines; what stands outside of services is told with the first. */
function judge(subject: ComposeSubject): Seen {
  const { project, service } = subject;
  const unset = project.warnings.filter(({ code }) => code === "compose/unset-variable");
  const names = [...project.services.keys()];
  const mine = unset.find(({ message }) => {
    const [, owner = ""] = /\bservices\.([\w.-]+?)\./.exec(message) ?? [];
    return owner === service.name || (!names.includes(owner) && service.name === names[0]);
  });
  if (mine === undefined)
    return { wrong: [], looked: [{ did: "put in the variables", saw: "all of them have values" }] };
  const said = remark(subject, [], mine.message, mine.message);
  return { wrong: [], looked: [], unknown: { ...said, place: mine.place } };
}
