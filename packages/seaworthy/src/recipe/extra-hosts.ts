/** Reads `extra_hosts:`: `name:address`, `name=address`, or a mapping; an address may be IPv6, bracketed or bare. */
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectString } from "./expect.ts";

export function readExtraHosts(node: ComposeNode): readonly (readonly [string, string])[] {
  if (node.kind === "map") {
    return [...node.entries].flatMap(([name, value]) =>
      (value.kind === "list" ? value.items : [value]).map((item) => host(item, name, expectString(item))),
    );
  }
  const items = node.kind === "list" ? node.items : [node];
  return items.map((item) => {
    const text = expectString(item);
    const at = /[=:]/.exec(text)?.index;
    if (at === undefined) throw valueFault(item, 'like "name=10.0.0.1"');
    return host(item, text.slice(0, at), text.slice(at + 1));
  });
}

function host(node: ComposeNode, name: string, address: string): readonly [string, string] {
  const bare = address.replace(/^\[(.*)\]$/, "$1");
  if (!/^[\w.-]+$/.test(name) || (bare !== "host-gateway" && !/^[0-9a-fA-F:.]+$/.test(bare))) {
    throw valueFault(node, "a host name with an IP address or host-gateway", `"${name}" and "${address}"`);
  }
  return [name, bare];
}
