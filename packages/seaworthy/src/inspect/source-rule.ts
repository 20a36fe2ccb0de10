/** A rule about source: what can be told of a stack from what its owner wrote, before anything of it runs. */
import { relative, resolve } from "node:path";
import type { Finding, SourceLine, Step, Text } from "@seaworthy/evidence";
import type { Place } from "../fault/fault.ts";
import type { About } from "../posture/about.ts";

/** One thing that is wrong. */
export interface Remark {
  readonly summary: Text;
  readonly place: Place;
  /** What stands there: `services.app.ports`, `RUN`. */
  readonly key: string;
}

export interface Seen {
  /** None is a pass, if something was looked at. */
  readonly wrong: readonly Remark[];
  /** With nothing here there was nothing to look at, and the rule does not apply. */
  readonly looked: readonly Step[];
  /** What source does not tell; never counted as a pass. */
  readonly unknown?: Remark | undefined;
}

export interface Claimed {
  readonly id: string;
  readonly claim: Text;
  /** What to write. */
  readonly fix: Text;
  readonly about: About;
}

export interface SourceRule<Subject> extends Claimed {
  check(subject: Subject): Seen;
}

const NOTHING_TO_SEE: Text = {
  en: "there is nothing here that it is about",
  ru: "здесь нет того, о чём оно",
};

/**
 * At least one finding: one for everything that is wrong, or one that says what was looked at.
 * @param aspect ends the id, where another rule speaks of the same claim
 * @param directory absolute: files are named from there, those elsewhere with `..`
 */
export function judgeSource(
  { id, claim, fix }: Claimed,
  { wrong, looked, unknown }: Seen,
  { subject, aspect, directory }: { subject: string; aspect: string; directory: string },
): readonly Finding[] {
  const common = { control: id, kind: "rule", service: subject, claim, fix } as const;
  const name = `${id}.${aspect}/${subject}`;
  const sourceOf = ({ place, key }: Remark): SourceLine => ({
    file: relative(directory, resolve(place.file)),
    line: place.line ?? 1,
    ...(place.column === undefined ? {} : { column: place.column }),
    key,
  });
  if (wrong.length > 0) {
    return wrong.map((remark, index) => ({
      ...common,
      id: index === 0 ? name : `${name}#${index + 1}`,
      verdict: "breached",
      hardened: { outcome: "breached", summary: remark.summary, steps: looked },
      source: sourceOf(remark),
    }));
  }
  if (unknown !== undefined) {
    return [{ ...common, id: name, verdict: "unproven", reason: unknown.summary, source: sourceOf(unknown) }];
  }
  if (looked.length === 0) return [{ ...common, id: name, verdict: "absent", reason: NOTHING_TO_SEE }];
  const summary: Text = {
    en: looked.map(({ did, saw }) => `${did}: ${saw}`).join("; "),
    ru: looked.map(({ did, saw }) => `${did}: ${saw}`).join("; "),
  };
  return [{ ...common, id: name, verdict: "held", hardened: { outcome: "refused", summary, steps: looked } }];
}
