/** Networks without a way out, for what works without one. */
import type { StackService } from "../engine/stack-service.ts";
import type { Draft, FileEdit } from "./draft.ts";
import { childOf, isMapping } from "./edit-value.ts";

export function changeNetworks(draft: Draft): void {
  const { before, after, written, path, add, placed } = draft;
  const gone = keysOf(before).filter((key) => !keysOf(after).includes(key));
  const fresh = after.networks.filter(({ network }) => !keysOf(before).includes(network));
  if (before.container.network === "host" || fresh.length === 0) return;
  const closed = fresh.map(({ network }) => placed(["networks", network], { internal: true }));
  const isListed = written.some(({ value }) => childOf(value, ["networks"]) !== undefined);
  const membership = isListed
    ? [...joining(draft, fresh), ...gone.flatMap((key) => leaving(draft, key))]
    : [placed(path("networks"), keysOf(after), "")];
  add(
    "networks",
    `networks: [${keysOf(after).join(", ")}]`,
    gone.length === 0 ? "reaches what has no way out any more" : "it works without a way out",
    [...membership, ...closed],
  );
}

function joining({ written, path, appended }: Draft, fresh: StackService["networks"]): readonly FileEdit[] {
  const mapping = written.findLast(({ value }) => isMapping(childOf(value, ["networks"])));
  return fresh.map(({ network, aliases }): FileEdit => {
    if (mapping === undefined) return appended("networks", network, "");
    const value = aliases.length === 0 ? {} : { aliases };
    return { file: mapping.file, edit: { kind: "set", path: path("networks", network), value } };
  });
}

function leaving({ written, path, rewritten }: Draft, key: string): readonly FileEdit[] {
  const mappings = written.filter(({ value }) => {
    const networks = childOf(value, ["networks"]);
    return isMapping(networks) && childOf(networks, [key]) !== undefined;
  });
  return [
    ...rewritten("networks", (item) => (item === key ? undefined : item)),
    ...mappings.map(
      ({ file }): FileEdit => ({ file, edit: { kind: "remove", path: path("networks", key) } }),
    ),
  ];
}

function keysOf({ networks }: StackService): readonly string[] {
  return networks.map(({ network }) => network);
}
