/** Writes what is accepted into a Compose file, behind what is accepted there already. */
import type { Acceptance } from "./acceptances.ts";
import type { ComposeText } from "./compose-files.ts";
import { editYaml } from "./edit.ts";
import { childOf, type Edit, isMapping, itemsOf, type Step } from "./edit-value.ts";
import { plainValue, readYaml, type YamlValue } from "./yaml-source.ts";

const PLACE: readonly Step[] = ["x-seaworthy", "waivers"];

/**
 * One whose day is over is renewed where it stands.
 * @param until the last day they count, `2027-06-30`
 * @throws Fault `harden/edit`
 */
export function withWaivers(
  { file, text }: ComposeText,
  accepted: readonly Acceptance[],
  { owner, until }: { readonly owner: string; readonly until: string },
): ComposeText {
  const entries = accepted.map(({ control, service, reason }) => ({
    control,
    service,
    reason,
    owner,
    until,
  }));
  const written = itemsOf(childOf(plainValue(readYaml(text, file)), PLACE));
  if (written.length === 0) {
    return { file, text: editYaml(text, [{ kind: "set", path: PLACE, value: entries }], file) };
  }
  let next = written.length;
  const edits = entries.flatMap((entry): readonly Edit[] => {
    const index = written.findIndex((one) => isAbout(one, entry));
    if (index === -1) return [{ kind: "set", path: [...PLACE, next++], value: entry }];
    return (["reason", "owner", "until"] as const).map((key) => ({
      ...{ kind: "set", path: [...PLACE, index, key], value: entry[key] },
    }));
  });
  return { file, text: editYaml(text, edits, file) };
}

function isAbout(value: YamlValue, { control, service }: Acceptance): boolean {
  return isMapping(value) && value["control"] === control && value["service"] === service;
}
