/** From what a service is and what it is to be, the changes of its Compose file, each with its reason. */
import { isDeepStrictEqual } from "node:util";
import type { BindMount, Container, TmpfsMount } from "../engine/container.ts";
import type { StackService } from "../engine/stack-service.ts";
import { childOf, type Edit, isMapping, itemsOf, type Step } from "./edit-value.ts";
import { sizeText } from "./limits.ts";
import { volumeKey } from "./needs.ts";
import { onLoopback } from "./ports.ts";
import type { YamlValue } from "./yaml-source.ts";

export interface Change {
  readonly service: string;
  /** Of the service: `cap_drop`. */
  readonly key: string;
  /** What is written there now, in Compose's words. */
  readonly what: string;
  readonly reason: string;
  readonly edits: readonly FileEdit[];
}

export interface FileEdit {
  /** One of the files that were given. */
  readonly file: string;
  readonly edit: Edit;
}

/** What one file says about a service, anchors followed and variables not put in. */
export interface WrittenService {
  readonly file: string;
  readonly value: YamlValue;
}

export interface ChangeRequest {
  readonly before: StackService;
  readonly after: StackService;
  /** Later ones over earlier; what is new is written into the last. */
  readonly written: readonly WrittenService[];
  /** Whether ports stay on the addresses that they are published on. */
  readonly keepPorts: boolean;
}

/** Pure. Empty when the service is under the posture already. */
export function changesOf(request: ChangeRequest): readonly Change[] {
  const { before, after, written } = request;
  const last = written.at(-1);
  if (last === undefined) return [];
  const service = before.container.name;
  const path = (...steps: readonly Step[]): readonly Step[] => ["services", service, ...steps];
  const changes: Change[] = [];
  const add = (key: string, what: string, reason: string, edits: readonly FileEdit[]): void => {
    if (edits.length > 0) changes.push({ service, key, what, reason, edits });
  };
  const set = (key: string, value: YamlValue, what: string, reason: string): void =>
    add(key, `${key}: ${what}`, reason, [
      { file: last.file, edit: { kind: "set", path: path(key), value, comment: reason } },
    ]);
  const remove = (key: string, reason: string): void =>
    add(
      key,
      `without ${key}`,
      reason,
      written
        .filter(({ value }) => childOf(value, [key]) !== undefined)
        .map(({ file }) => ({ file, edit: { kind: "remove", path: path(key) } })),
    );
  /** Where a list of the service has items that are not as they should be. */
  const change = (key: string, to: (item: string) => string | undefined): readonly FileEdit[] =>
    written.flatMap(({ file, value }) =>
      itemsOf(childOf(value, [key])).flatMap((one): FileEdit[] => {
        const item = textOf(one);
        if (item === undefined || to(item) === item) return [];
        const other = to(item);
        return [
          {
            file,
            edit:
              other === undefined
                ? { kind: "drop", path: path(key), item }
                : { kind: "swap", path: path(key), item, to: other },
          },
        ];
      }),
    );
  const append = (key: string, item: string, comment: string): FileEdit => ({
    file: last.file,
    edit: { kind: "add", path: path(key), item, comment },
  });

  const [old, now] = [before.container, after.container];
  const [oldCheck, check] = [before.healthCheck?.argv, after.healthCheck?.argv];
  if (check !== undefined && oldCheck === undefined) setCheck(check);
  if (check !== undefined && oldCheck !== undefined && !isDeepStrictEqual(oldCheck, check)) {
    const reason = `${oldCheck.join(" ")} cannot run in this image`;
    add("healthcheck", `healthcheck: { test: [CMD, ${check[0]}, ...] }`, reason, [
      {
        file: last.file,
        edit: {
          kind: "set",
          path: path("healthcheck", "test"),
          value: ["CMD", ...check.map(escaped)],
          comment: "",
        },
      },
      ...(before.healthCheck?.startPeriod === after.healthCheck?.startPeriod
        ? []
        : [
            {
              file: last.file,
              edit: { kind: "set", path: path("healthcheck", "start_period"), value: "30s" } as const,
            },
          ]),
    ]);
  }
  if (old.hostDevices && !now.hostDevices)
    remove("privileged", "it works without the devices and powers of the machine");
  for (const [key, own] of NAMESPACES) {
    if (own(old) === "host" && own(now) !== "host")
      remove(key, `it works without the machine's own (${key}: host)`);
  }
  if (now.user.uid !== old.user.uid || now.user.gid !== old.user.gid) {
    const name = `${now.user.uid}:${now.user.gid}`;
    set("user", name, `"${name}"`, "an ordinary user is enough for it");
  }
  if (now.readOnlyRoot && !old.readOnlyRoot)
    set("read_only", true, "true", "nobody can change its code, or plant any");
  addPlaces();
  if (!sameSet(old.capabilities, now.capabilities)) setCapabilities();
  setSecurity();
  setPorts();
  setNetworks();
  setLimits();
  return changes;

  function setCheck(argv: readonly string[]): void {
    const value = {
      ...{ test: ["CMD", ...argv.map(escaped)] },
      ...{ interval: "5s", timeout: "3s", retries: 3, start_period: "30s" },
    };
    add("healthcheck", `healthcheck: { test: [CMD, ${argv.join(", ")}] }`, "whether it works can be seen", [
      { file: last?.file ?? "", edit: { kind: "set", path: path("healthcheck"), value, comment: "" } },
    ]);
  }

  function addPlaces(): void {
    const had = new Map(old.mounts.map((mount) => [mount.target, mount]));
    for (const mount of now.mounts) {
      const other = had.get(mount.target);
      if (mount.kind === "tmpfs" && other === undefined) {
        const item = tmpfsText(mount);
        add("tmpfs", `tmpfs: ${item}`, "it writes there what nobody misses", [
          append("tmpfs", item, "it writes here"),
        ]);
      }
      if (
        mount.kind === "tmpfs" &&
        other?.kind === "tmpfs" &&
        (mount.size !== other.size || mount.exec !== other.exec)
      ) {
        boundTmpfs(mount);
      }
      if (mount.kind === "volume" && other === undefined) {
        const key = volumeKey(service, mount.target);
        add("volumes", `volumes: ${key}:${mount.target}`, "it keeps there what must outlive it", [
          append("volumes", `${key}:${mount.target}`, "its data"),
          { file: last?.file ?? "", edit: { kind: "set", path: ["volumes", key], value: {} } },
        ]);
      }
      if (mount.kind === "bind" && other?.kind === "bind" && mount.readOnly && !other.readOnly)
        closeBind(mount);
    }
  }

  function boundTmpfs(mount: TmpfsMount): void {
    const reason = "it ends at a size, and nothing in it can be executed";
    const short = change("tmpfs", (item) =>
      item === mount.target || item.startsWith(`${mount.target}:`) ? boundedText(item, mount) : item,
    );
    const long = longMounts(mount.target).map(
      ({ file, index }): FileEdit => ({
        file,
        edit: { kind: "set", path: path("volumes", index, "tmpfs", "size"), value: mount.size ?? 0 },
      }),
    );
    add("tmpfs", `tmpfs: ${tmpfsText(mount)}`, reason, [...short, ...long]);
  }

  function closeBind({ target }: BindMount): void {
    const short = change("volumes", (item) => {
      const parts = item.split(":");
      return parts[1] !== target
        ? item
        : parts.length === 2
          ? `${item}:ro`
          : item.replace(/:(?:rw|[^:]*)$/, ":ro");
    });
    const long = longMounts(target).map(
      ({ file, index }): FileEdit => ({
        file,
        edit: { kind: "set", path: path("volumes", index, "read_only"), value: true },
      }),
    );
    add("volumes", `volumes: ${target} read-only`, "its code is here, and it works without writing to it", [
      ...short,
      ...long,
    ]);
  }

  /** Items of `volumes` in the long form, by what they mount. */
  function longMounts(target: string): readonly { readonly file: string; readonly index: number }[] {
    return written.flatMap(({ file, value }) =>
      itemsOf(childOf(value, ["volumes"])).flatMap((item, index) =>
        isMapping(item) && item["target"] === target ? [{ file, index }] : [],
      ),
    );
  }

  function setCapabilities(): void {
    const drops = written.flatMap(({ value }) => itemsOf(childOf(value, ["cap_drop"])).map(textOf));
    if (!drops.some((name) => name?.toUpperCase() === "ALL")) {
      set(
        "cap_drop",
        ["ALL"],
        "[ALL]",
        now.capabilities.length === 0
          ? "it needs none of root's powers"
          : "all of root's powers but those it was seen to need",
      );
    }
    const unneeded = change("cap_add", (item) =>
      now.capabilities.includes(capabilityName(item)) ? item : undefined,
    );
    const had = written.flatMap(({ value }) =>
      itemsOf(childOf(value, ["cap_add"])).map((item) => capabilityName(textOf(item) ?? "")),
    );
    const missing = now.capabilities.filter((name) => !had.includes(name));
    const reason = now.capabilities.length === 0 ? "it works without" : "without it, it does not come up";
    add("cap_add", `cap_add: [${now.capabilities.join(", ")}]`, reason, [
      ...unneeded,
      ...missing.map((name) => append("cap_add", name, reason)),
    ]);
  }

  function setSecurity(): void {
    const loose = (item: string): boolean =>
      (now.noNewPrivileges && /^no-new-privileges[:=]false$/.test(item)) ||
      (now.seccomp === "default" && old.seccomp !== "default" && /^seccomp[:=]unconfined$/.test(item)) ||
      (now.systemPaths === "default" && /^systempaths[:=]unconfined$/.test(item));
    const edits = [...change("security_opt", (item) => (loose(item) ? undefined : item))];
    if (edits.length > 0)
      add("security_opt", "security_opt without its exceptions", "it works under the default profile", edits);
    if (now.noNewPrivileges && !old.noNewPrivileges) {
      const option = "no-new-privileges:true";
      const reason = "no file that it executes gives it more rights";
      add("security_opt", `security_opt: ["${option}"]`, reason, [append("security_opt", option, reason)]);
    }
  }

  function setPorts(): void {
    for (const { target } of after.ports.slice(before.ports.length)) {
      const item = `127.0.0.1:${target}:${target}`;
      add("ports", `ports: ${item}`, "it listened there on the machine's own network", [
        append("ports", item, ""),
      ]);
    }
    if (request.keepPorts) return;
    if (before.ports.length > 0 && after.ports.length === 0) {
      remove("ports", "only the stack's own services need a data store; --keep-ports leaves it published");
      return;
    }
    const short = change("ports", (item) => onLoopback(item) ?? item);
    const long = written.flatMap(({ file, value }) =>
      itemsOf(childOf(value, ["ports"])).flatMap((item, index): FileEdit[] => {
        if (!isMapping(item)) return [];
        const address = textOf(item["host_ip"] ?? null) ?? "";
        if (/^127\.|^::1$|\$/.test(address)) return [];
        return [{ file, edit: { kind: "set", path: path("ports", index, "host_ip"), value: "127.0.0.1" } }];
      }),
    );
    add("ports", "ports on 127.0.0.1", "only this machine reaches it; --keep-ports leaves them open", [
      ...short,
      ...long,
    ]);
  }

  function setNetworks(): void {
    const keys = ({ networks }: StackService): readonly string[] => networks.map(({ network }) => network);
    const gone = keys(before).filter((key) => !keys(after).includes(key));
    const fresh = after.networks.filter(({ network }) => !keys(before).includes(network));
    if (old.network === "host" || fresh.length === 0) return;
    const closed = fresh.map(
      ({ network }): FileEdit => ({
        file: last?.file ?? "",
        edit: { kind: "set", path: ["networks", network], value: { internal: true } },
      }),
    );
    const isListed = written.some(({ value }) => childOf(value, ["networks"]) !== undefined);
    const mapping = written.findLast(({ value }) => isMapping(childOf(value, ["networks"])));
    const joining = fresh.map((one): FileEdit => {
      if (mapping === undefined) return append("networks", one.network, "");
      const value = one.aliases.length === 0 ? {} : { aliases: one.aliases };
      return { file: mapping.file, edit: { kind: "set", path: path("networks", one.network), value } };
    });
    const leaving = gone.flatMap((key) => [
      ...change("networks", (item) => (item === key ? undefined : item)),
      ...written
        .filter(
          ({ value }) =>
            isMapping(childOf(value, ["networks"])) && childOf(value, ["networks", key]) !== undefined,
        )
        .map(({ file }): FileEdit => ({ file, edit: { kind: "remove", path: path("networks", key) } })),
    ]);
    const whole: FileEdit = {
      file: last?.file ?? "",
      edit: { kind: "set", path: path("networks"), value: keys(after), comment: "" },
    };
    add(
      "networks",
      `networks: [${keys(after).join(", ")}]`,
      gone.length === 0 ? "reaches what has no way out any more" : "it works without a way out",
      [...(isListed ? [...joining, ...leaving] : [whole]), ...closed],
    );
  }

  /** Beside limits under `deploy` if there are any: Compose takes no second place for the same limit. */
  function setLimits(): void {
    const limits = written
      .map(({ value }) => childOf(value, ["deploy", "resources", "limits"]))
      .find(isMapping);
    const [had, has] = [old.limits, now.limits];
    const put = (key: string, deployKey: string, value: string | number, reason: string): void => {
      if (limits === undefined) {
        set(key, value, String(value), reason);
        return;
      }
      const place = path("deploy", "resources", "limits", deployKey);
      add("deploy", `deploy.resources.limits.${deployKey}: ${String(value)}`, reason, [
        {
          file: last?.file ?? "",
          edit: {
            kind: "set",
            path: place,
            value: deployKey === "cpus" ? String(value) : value,
            comment: reason,
          },
        },
      ]);
    };
    if (had.pids === undefined && has.pids !== undefined)
      put("pids_limit", "pids", has.pids, "a fork bomb ends here");
    if (had.memory === undefined && has.memory !== undefined) {
      put("mem_limit", "memory", sizeText(has.memory), "a leak ends it, not its neighbours");
    }
    if (had.cpus === undefined && has.cpus !== undefined)
      put("cpus", "cpus", has.cpus, "a busy loop leaves time for others");
  }
}

const NAMESPACES: readonly (readonly [string, (container: Container) => string | undefined])[] = [
  ["network_mode", ({ network }) => network],
  ["pid", ({ pid }) => pid],
  ["ipc", ({ ipc }) => ipc],
];

/** `/tmp:size=64m,mode=1777,noexec,nosuid,nodev`. */
function tmpfsText({ target, size = 0, exec, mode, uid, gid }: TmpfsMount): string {
  const owner = [...(uid === undefined ? [] : [`uid=${uid}`]), ...(gid === undefined ? [] : [`gid=${gid}`])];
  const options = [
    ...owner,
    `mode=${mode.toString(8).padStart(4, "0")}`,
    exec ? "exec" : "noexec",
    "nosuid",
    "nodev",
  ];
  return `${target}:${[`size=${sizeText(size)}`, ...options].join(",")}`;
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

/** A dollar sign begins a variable otherwise. */
function escaped(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function textOf(value: YamlValue): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function capabilityName(written: string): string {
  return written.toUpperCase().replace(/^CAP_/, "");
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item) => other.includes(item));
}
