/** A database with a published port can be asked by whoever reaches the machine. */
import { datastoreUnreachable } from "../../../posture/stack-claims/datastore-unreachable.ts";
import { type ComposeRule, isDataStore, judgeKey, NOTHING } from "../subject.ts";

export const unpublishedStore: ComposeRule = {
  ...datastoreUnreachable,
  id: datastoreUnreachable.control,
  check(subject) {
    if (!isDataStore(subject)) return NOTHING;
    const [first] = subject.service.ports;
    if (first === undefined) return judgeKey(subject, "ports", undefined, "none");
    const where = `${first.address}:${first.published === 0 ? "*" : first.published}`;
    return judgeKey(subject, "ports", { en: `published on ${where}`, ru: `опубликовано на ${where}` }, where);
  },
};
