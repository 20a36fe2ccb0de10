/** A volume over a system folder hides what the image has there, and keeps the old one for ever. */
import { type DockerfileRule, judgeEach, shipped } from "../subject.ts";

const SYSTEM =
  /^\/(?:(?:dev|proc|sys|bin|sbin|boot|etc|lib|lib64|run|root|usr(?:\/(?:local|bin|sbin|lib|share))?)\/?)?$/;

export const noSystemVolumes: DockerfileRule = {
  id: "no-system-volumes",
  claim: { en: "No system folder is declared a volume", ru: "Системные папки не объявлены томами" },
  fix: { en: "VOLUME of the folder that holds data", ru: "VOLUME только для папки с данными" },
  about: {
    severity: "medium",
    why: {
      en: "A volume is writable also where the root file system is read-only, and it keeps what was in it when a new image comes. Over /etc or /usr that means the old program, which anybody could change.",
      ru: "В том можно писать, даже когда корневая файловая система только для чтения, и он хранит старое содержимое при новом образе. Поверх /etc или /usr это старая программа, которую к тому же можно изменить.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:5.6", "NIST-SP-800-190@2017-09:4.4.4"],
  },
  check: (subject) =>
    judgeEach(shipped(subject, "VOLUME"), ({ words }) => {
      const found = words.find((path) => SYSTEM.test(path));
      return found === undefined ? undefined : { en: `${found} is a volume`, ru: `${found} — том` };
    }),
};
