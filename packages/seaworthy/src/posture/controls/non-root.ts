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
