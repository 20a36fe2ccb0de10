/** Looks for a file that the prover made on the host, for folders of the host, and for sockets that control containers. */

import type { Control } from "../../posture/control.ts";
import { hostPaths } from "../../posture/controls/host-paths.ts";
import { text } from "../../trampoline/client.ts";
import { succeeded } from "../attacker.ts";
import type { Probe, Target } from "../probe.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCKETS = [
  ...["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock"],
  ...["/run/podman/podman.sock", "/run/crio/crio.sock"],
];

/** @param canary made by the prover: what the control's twin mounts */
export function hostFiles(canary: Parameters<typeof hostPaths>[0]): Probe {
  const control: Control = hostPaths(canary);
  return {
    id: "host-files",
    control,
    as: "root",
    async attempt(target) {
      const { attacker } = target;
      const reached = [
        ...(await hostFolders(target)),
        ...(await canaryAt(target)),
        ...(await controlSockets(target)),
      ];
      if (reached.length === 0)
        return attacker.refused({
          en: "nothing of the host is there",
          ru: "ничего от хоста в контейнере нет",
        });
      return attacker.breached({
        en: `reached ${reached.join(", ")}`,
        ru: `доступно: ${reached.join(", ")}`,
      });
    },
  };
}

/** Declared mounts of the host's paths: whether they are really there. */
async function hostFolders({ attacker, container }: Target): Promise<string[]> {
  const reached: string[] = [];
  for (const mount of container.mounts) {
    if (mount.kind !== "bind") continue;
    const opened = await attacker.call(`open("${mount.target}")`, "open", [text(mount.target), 0, 0]);
    if (succeeded(opened)) reached.push(`the host's ${mount.source} at ${mount.target}`);
  }
  return reached;
}

/** A mount shows some folder of the host: so below every mount point, the canary's path without its first folders. */
async function canaryAt({ attacker, canary }: Target): Promise<string[]> {
  const table = await attacker.readFile("/proc/self/mountinfo");
  if (typeof table === "string") {
    attacker.note('read("/proc/self/mountinfo")', table);
    return [];
  }
  const points = table
    .toString("utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? []);
  const folders = canary.path.split("/").slice(1);
  const tails = folders.map((_, index) => folders.slice(index).join("/"));
  let tried = 0;
  for (const point of new Set(points)) {
    for (const tail of tails) {
      const path = `${point === "/" ? "" : point}/${tail}`;
      const content = await attacker.readFile(path);
      tried += 1;
      if (typeof content === "string" || content.toString("utf8") !== canary.content) continue;
      attacker.note(`read("${path}")`, "the file that the prover made on the host");
      return [`a file of the host at ${path}`];
    }
  }
  attacker.note(`looked for a file of the host at ${tried} paths below ${points.length} mounts`, "not there");
  return [];
}

async function controlSockets({ attacker }: Target): Promise<string[]> {
  const reached: string[] = [];
  for (const path of SOCKETS) {
    const made = await attacker.quietly("socket", [AF_UNIX, SOCK_STREAM, 0]);
    if (!succeeded(made)) continue;
    const address = Buffer.alloc(110);
    address.writeUInt16LE(AF_UNIX, 0);
    address.write(path, 2);
    const connected = await attacker.call(`connect("${path}")`, "connect", [
      made.value,
      address,
      address.length,
    ]);
    if (succeeded(connected)) reached.push(`the control socket ${path}`);
    await attacker.quietly("close", [made.value]);
  }
  return reached;
}
