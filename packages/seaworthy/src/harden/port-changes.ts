/** Ports that only this machine reaches, and none for what only the stack's own services need. */
import { type Draft, type FileEdit, textOf } from "./draft.ts";
import { childOf, isMapping, itemsOf } from "./edit-value.ts";
import { onLoopback } from "./ports.ts";

export function changePorts(draft: Draft): void {
  const { before, after, keepPorts, add, appended, remove, rewritten } = draft;
  for (const { target } of after.ports.slice(before.ports.length)) {
    const item = `127.0.0.1:${target}:${target}`;
    const reason = "it listened there on the machine's own network";
    add("ports", `ports: ${item}`, reason, [appended("ports", item, "")]);
  }
  if (keepPorts) return;
  if (before.ports.length > 0 && after.ports.length === 0) {
    remove("ports", "only the stack's own services need a data store; --keep-ports leaves it published");
    return;
  }
  const short = rewritten("ports", (item) => onLoopback(item) ?? item);
  const reason = "only this machine reaches it; --keep-ports leaves them open";
  add("ports", "ports on 127.0.0.1", reason, [...short, ...longPorts(draft)]);
}

/** What others in its networks reach is written down, so that any other port is seen to be one too many. */
export function changeExpose({ before, after, add, appended }: Draft): void {
  for (const port of (after.expose ?? []).slice(before.expose?.length ?? 0)) {
    const reason = "other services reach it there";
    add("expose", `expose: ${port}`, reason, [appended("expose", port, "")]);
  }
}

/** Those in the long form. */
function longPorts({ written, path }: Draft): readonly FileEdit[] {
  return written.flatMap(({ file, value }) =>
    itemsOf(childOf(value, ["ports"])).flatMap((item, index): FileEdit[] => {
      if (!isMapping(item)) return [];
      const address = textOf(item["host_ip"] ?? null) ?? "";
      if (/^127\.|^::1$|\$/.test(address)) return [];
      return [{ file, edit: { kind: "set", path: path("ports", index, "host_ip"), value: "127.0.0.1" } }];
    }),
  );
}
