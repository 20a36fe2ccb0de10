/** Runs as an ordinary user: what a process may do to the machine starts with who it is. */
import type { User } from "../../engine/container.ts";
import type { Control } from "../control.ts";

/** Debian's `nobody`, for containers that named no user. */
const NOBODY: User = { uid: 65534, gid: 65534, groups: [] };

export const nonRoot: Control = {
  id: "non-root",
  claim: {
    en: "The service runs as an ordinary user: no id it has is root's",
    ru: "Служба работает от обычного пользователя: ни один её идентификатор не принадлежит root",
  },
  key: "user",
  mechanism: { en: "the ids of an ordinary user", ru: "номера обычного пользователя" },
  about: {
    severity: "high",
    why: {
      en: "Root in a container is root of the host wherever another wall has a hole, and owns every file in the image on the way there. A group of root's is enough for many of its files, so every id is looked at.",
      ru: "Root в контейнере — это root хоста всюду, где в другой стене есть дыра, а по пути ему принадлежит каждый файл образа. Для многих файлов хватает и группы root, поэтому проверяется каждый идентификатор.",
    },
    docker: "--user 10001:10001",
    kubernetes: "securityContext.runAsNonRoot: true, runAsUser: 10001",
    references: [
      "CIS-Docker@1.6.0:4.1",
      "OWASP-Docker-Security@2026-11:2",
      "NIST-SP-800-190@2017-09:4.1.2",
      "Kubernetes-PSS@restricted:runAsNonRoot",
    ],
  },
  fix: { en: 'user: "10001:10001"', ru: 'user: "10001:10001"' },
  apply(container) {
    const { uid, gid, groups } = container.user;
    if (uid === 0) return { ...container, user: NOBODY };
    const user: User = { uid, gid: gid === 0 ? uid : gid, groups: groups.filter((group) => group !== 0) };
    return { ...container, user };
  },
  loosen: (container) => ({
    container: { ...container, user: { uid: 0, gid: 0, groups: [] } },
    difference: { en: 'user: "0:0"', ru: 'user: "0:0"' },
  }),
};
