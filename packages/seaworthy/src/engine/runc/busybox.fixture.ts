/** A real image without a build: the machine's static busybox as its only layer, already unpacked. */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf, hexOf } from "../../content/digest.ts";
import type { Image } from "../../oci/image.ts";
import type { Container } from "../container.ts";
import type { RuncOptions } from "./runc.ts";

const RUNC = ["/usr/sbin/runc", "/usr/bin/runc"].find((path) => existsSync(path));
const BUSYBOX = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));

/** For `init: true`. */
export const TINI = "/usr/bin/tini-static";

/** Why containers cannot be run here; `undefined` when they can. */
export function whyNotHere(): string | undefined {
  if (process.geteuid?.() !== 0) return "needs root";
  if (RUNC === undefined) return "needs runc (apt-get install runc)";
  if (BUSYBOX === undefined) return "needs busybox (apt-get install busybox-static)";
  if (!existsSync(TINI)) return "needs tini-static (apt-get install tini)";
  return undefined;
}

export interface Lab extends Disposable {
  readonly folder: string;
  readonly image: Image;
  readonly options: RuncOptions;
}

const DIFF_ID = digestOf("the busybox fixture");

/** Folders of its own, removed on disposal, and the options of an engine that works in them. */
export function createLab(project = `lab-${process.pid}`): Lab {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-runc-"));
  const layer = join(folder, "layers", hexOf(DIFF_ID));
  for (const path of ["bin", "etc", "tmp", "data", "home"]) mkdirSync(join(layer, path), { recursive: true });
  cpSync(BUSYBOX ?? "", join(layer, "bin/busybox"));
  for (const name of [
    "sh",
    "cat",
    "ls",
    "sleep",
    "id",
    "nc",
    "wget",
    "httpd",
    "grep",
    "stat",
    "dd",
    "mount",
    "touch",
    "true",
    "echo",
    "hostname",
    "printf",
    "kill",
    "rm",
  ]) {
    symlinkSync("busybox", join(layer, "bin", name));
  }
  symlinkSync("/etc", join(layer, "out"));
  writeFileSync(join(layer, "data/seed"), "from the image\n");
  chownSync(join(layer, "data"), 10001, 10001);
  chmodSync(join(layer, "data"), 0o750);
  return {
    folder,
    image: image(),
    options: {
      runc: { binary: RUNC ?? "", libraries: "" },
      init: () => Promise.resolve(TINI),
      runRoot: join(folder, "run"),
      layerRoot: join(folder, "layers"),
      project,
      unpack: () => Promise.reject(new Error("the layer is unpacked already")),
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function image(): Image {
  const descriptor = { mediaType: "application/octet-stream", digest: DIFF_ID, size: 0 };
  return {
    reference: "busybox:lab",
    manifest: descriptor,
    configDescriptor: descriptor,
    config: {
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      user: "10001:10001",
      env: [],
      entrypoint: [],
      command: [],
      workingDirectory: "/",
      exposedPorts: [],
      volumes: [],
      stopSignal: "SIGTERM",
      healthCheck: undefined,
      labels: [],
      created: "2026-01-01T00:00:00Z",
    },
    layers: [
      {
        ...descriptor,
        diffId: DIFF_ID,
        unpackedSize: 0,
        name: "base",
        createdBy: "fixture",
        listing: DIFF_ID,
      },
    ],
  };
}

/** Everything narrowed; tests loosen one field at a time. */
export function hardened(image: Image, script: string, changes: Partial<Container> = {}): Container {
  return {
    name: "app",
    image,
    argv: ["/bin/sh", "-c", script],
    env: new Map(),
    workingDirectory: "/",
    mounts: [],
    stopSignal: "SIGTERM",
    stopGrace: 1_000,
    user: { uid: 10001, gid: 10001, groups: [] },
    readOnlyRoot: true,
    noNewPrivileges: true,
    capabilities: [],
    seccomp: "default",
    systemPaths: "default",
    hostDevices: false,
    network: "private",
    pid: "private",
    uts: "private",
    ipc: "private",
    limits: { memory: 64 * 1024 * 1024, pids: 32, cpus: 0.5, shmSize: 1024 * 1024 },
    ...changes,
  };
}

/** What of the project is on this machine: files, mounts (in any namespace), processes, control groups. */
export function traces(lab: Lab, project: string = lab.options.project): readonly string[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && !isZombie(name));
  const run = join(lab.options.runRoot, project);
  return [
    ...filesBelow(run),
    ...grep("/proc/self/mountinfo", run),
    ...processes.flatMap((pid) => grep(`/proc/${pid}/mountinfo`, run)),
    ...processes.flatMap((pid) => grep(`/proc/${pid}/cgroup`, `/seaworthy/${project}`)),
    ...readdirSync("/sys/fs/cgroup")
      .map((name) => `/sys/fs/cgroup/${name}/seaworthy/${project}`)
      .concat(`/sys/fs/cgroup/seaworthy/${project}`)
      .filter((path) => existsSync(path)),
  ];
}

/** An orphan that was killed waits for the machine's first process to take note. */
function isZombie(pid: string): boolean {
  return grep(`/proc/${pid}/status`, "State:\tZ").length > 0;
}

function grep(file: string, text: string): readonly string[] {
  try {
    const found = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.includes(text));
    return found.map((line) => `${file}: ${line}`);
  } catch {
    return [];
  }
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    // It is being removed while we look.
    return [folder];
  }
}
