/** Takes the keys out of a Compose model that its reader would refuse as not supported, for those who only look at it. */
import { KEYS, type KeyTable } from "./compose-keys.ts";
import type { ComposeNode, MapNode } from "./compose-node.ts";

/** What is left can be read; what was taken out is still in the model that was given. */
export function tolerate(root: MapNode): MapNode {
  const model = without(root, KEYS.project);
  return within(model, "services", (services) =>
    eachOf(services, (service) =>
      within(
        within(without(service, KEYS.service), "build", (build) => without(build, KEYS.build)),
        "deploy",
        (deploy) =>
          within(deploy, "resources", (resources) =>
            within(resources, "limits", (limits) => without(limits, KEYS.limits)),
          ),
      ),
    ),
  );
}

function without(map: MapNode, { known }: KeyTable): MapNode {
  if (!known.some((key) => map.entries.has(key))) return map;
  return { ...map, entries: new Map([...map.entries].filter(([key]) => !known.includes(key))) };
}

function within(map: MapNode, key: string, change: (inner: MapNode) => MapNode): MapNode {
  const inner = map.entries.get(key);
  if (inner?.kind !== "map") return map;
  return { ...map, entries: new Map<string, ComposeNode>([...map.entries, [key, change(inner)]]) };
}

function eachOf(map: MapNode, change: (inner: MapNode) => MapNode): MapNode {
  const entries = [...map.entries].map(
    ([key, node]) => [key, node.kind === "map" ? change(node) : node] as const,
  );
  return { ...map, entries: new Map(entries) };
}
