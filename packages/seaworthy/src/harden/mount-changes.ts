/** Where a service writes: scratch space that ends at a size, volumes for what is to last, and the rest read-only. */
import type { BindMount, Mount, TmpfsMount } from "../engine/container.ts";
import type { Draft, FileEdit } from "./draft.ts";
import { childOf, isMapping, itemsOf, type Step } from "./edit-value.ts";
import { sizeText } from "./limits.ts";
import { volumeKey } from "./needs.ts";
import type { YamlValue } from "./yaml-source.ts";

export function changeMounts(draft: Draft): void {
  const { before, after, set } = draft;
  if (after.container.readOnlyRoot && !before.container.readOnlyRoot)
    set("read_only", true, "true", "nobody can change its code, or plant any");
  const had = new Map(before.container.mounts.map((mount) => [mount.target, mount]));
  for (const mount of after.container.mounts) {
    const other = had.get(mount.target);
    if (other === undefined) addMount(draft, mount);
    if (mount.kind === "tmpfs" && other?.kind === "tmpfs") boundTmpfs(draft, mount, other);
    if (mount.kind === "bind" && other?.kind === "bind" && mount.readOnly && !other.readOnly)
      closeBind(draft, mount);
  }
}

function addMount({ before, add, appended, placed }: Draft, mount: Mount): void {
  if (mount.kind === "tmpfs") {
    const item = tmpfsText(mount);
    add("tmpfs", `tmpfs: ${item}`, "it writes there what nobody misses", [
      appended("tmpfs", item, "it writes here"),
    ]);
  }
  if (mount.kind === "volume") {
    const key = volumeKey(before.container.name, mount.target);
    const item = `${key}:${mount.target}`;
    add("volumes", `volumes: ${item}`, "it keeps there what must outlive it", [
      appended("volumes", item, "its data"),
      placed(["volumes", key], {}),
    ]);
  }
}

function boundTmpfs(draft: Draft, mount: TmpfsMount, other: TmpfsMount): void {
  if (mount.size === other.size && mount.exec === other.exec) return;
  const short = draft.rewritten("tmpfs", (item) =>
    item === mount.target || item.startsWith(`${mount.target}:`) ? boundedText(item, mount) : item,
  );
  const long = inLongForm(draft, mount.target, ["tmpfs", "size"], mount.size ?? 0);
  const reason = "it ends at a size, and nothing in it can be executed";
  draft.add("tmpfs", `tmpfs: ${tmpfsText(mount)}`, reason, [...short, ...long]);
}

function closeBind(draft: Draft, { target }: BindMount): void {
  const short = draft.rewritten("volumes", (item) => {
    const parts = item.split(":");
    if (parts[1] !== target) return item;
    return parts.length === 2 ? `${item}:ro` : item.replace(/:(?:rw|[^:]*)$/, ":ro");
  });
  const long = inLongForm(draft, target, ["read_only"], true);
  const reason = "its code is here, and it works without writing to it";
  draft.add("volumes", `volumes: ${target} read-only`, reason, [...short, ...long]);
}

/** A key of each item of `volumes` that mounts something there and is written as a mapping. */
function inLongForm(
  { written, path }: Draft,
  target: string,
  key: readonly Step[],
  value: YamlValue,
): readonly FileEdit[] {
  return written.flatMap(({ file, value: service }) =>
    itemsOf(childOf(service, ["volumes"])).flatMap((item, index): FileEdit[] =>
      isMapping(item) && item["target"] === target
        ? [{ file, edit: { kind: "set", path: path("volumes", index, ...key), value } }]
        : [],
    ),
  );
}

/** `/tmp:size=64m,mode=1777,noexec,nosuid,nodev`. */
function tmpfsText({ target, size = 0, exec, mode, uid, gid }: TmpfsMount): string {
  const options = [
    `size=${sizeText(size)}`,
    ...(uid === undefined ? [] : [`uid=${uid}`]),
    ...(gid === undefined ? [] : [`gid=${gid}`]),
    `mode=${mode.toString(8).padStart(4, "0")}`,
    exec ? "exec" : "noexec",
    ...["nosuid", "nodev"],
  ];
  return `${target}:${options.join(",")}`;
}

/** The same options, with a size and without `exec`. */
function boundedText(item: string, { target, size = 0, exec }: TmpfsMount): string {
  const written = item
    .slice(target.length + 1)
    .split(",")
    .filter((option) => option !== "");
  const kept = written.filter((option) => (exec || option !== "exec") && !/^size=0?$/.test(option));
  const missing = [
    ...(kept.some((option) => option.startsWith("size=")) ? [] : [`size=${sizeText(size)}`]),
    ...(exec ? [] : ["noexec"]),
    ...["nosuid", "nodev"],
  ].filter((option) => !kept.includes(option));
  return `${target}:${[...kept, ...missing].join(",")}`;
}
