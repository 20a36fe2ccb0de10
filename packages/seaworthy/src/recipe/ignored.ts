/** Notes keys that are read and have no effect here: said, never dropped in silence. */
import type { ComposeWarning, MapNode } from "./compose-node.ts";

/** @param why ends the sentence that the key begins: `is left to the engine` */
export function ignore(map: MapNode, keys: readonly string[], why: string, warnings: ComposeWarning[]): void {
  for (const key of keys) {
    const node = map.entries.get(key);
    if (node === undefined) continue;
    warnings.push({ code: "compose/ignored-key", message: `${node.key} ${why}`, place: node.place });
  }
}
