/** Small stacks for a Docker Engine: an image of the machine's static busybox, and services that run shell scripts in it. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { type Digest, digestOf, hexOf } from "../../packages/seaworthy/src/content/digest.ts";
import type { Container } from "../../packages/seaworthy/src/engine/container.ts";
import type { DockerClient } from "../../packages/seaworthy/src/engine/docker/client.ts";
import type { StackService } from "../../packages/seaworthy/src/engine/stack-service.ts";
import type { StackNetwork, StackSpec, StackVolume } from "../../packages/seaworthy/src/stack/stack-spec.ts";
import { TAR_END, writeEntry } from "../../packages/seaworthy/src/tar/write.ts";
import type { Entry, Reason } from "../../packages/seaworthy/src/tree/tree.ts";

const BUSYBOX = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
const TOOLS =
  "sh cat ls sleep id nc wget grep stat dd touch true false echo hostname printf kill rm tail nslookup";
const REFERENCE = "busybox:lab";

export function withoutBusybox(): string | undefined {
  return BUSYBOX === undefined ? "needs busybox (apt-get install busybox-static)" : undefined;
}

const reason: Reason = { kind: "rule", origin: "fixture", because: "a test needs it" };
const common = { uid: 0, gid: 0, reason } as const;
const file = (path: string, content: Uint8Array | string, mode = 0o644): Entry => ({
  ...common,
  ...{ kind: "file", path, content: Buffer.from(content), mode },
});
const directory = (path: string, owner = {}): Entry => ({
  ...common,
  ...{ kind: "directory", path, mode: 0o755, ...owner },
});
const tar = (entries: readonly Entry[]): Buffer => Buffer.concat([...entries.map(writeEntry), TAR_END]);

/** As `docker save` writes it. */
function busyboxArchive(): Buffer {
  const layer = tar([
    directory("bin"),
    file("bin/busybox", readFileSync(BUSYBOX ?? ""), 0o755),
    ...TOOLS.split(" ").map(
      (name): Entry => ({ ...common, kind: "symlink", path: `bin/${name}`, target: "busybox" }),
    ),
    directory("data", { uid: 10001, gid: 10001 }),
    file("data/seed", "from the image\n"),
    directory("etc"),
    file("etc/passwd", "root:x:0:0::/:/bin/sh\n"),
    directory("tmp", { mode: 0o1777 }),
  ]);
  const config = JSON.stringify({
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: { Env: ["PATH=/bin"], Cmd: ["sh"] },
    rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
    history: [{ created: "2026-01-01T00:00:00Z" }],
  });
  const name = `${hexOf(digestOf(config))}.json`;
  const manifest = JSON.stringify([{ Config: name, RepoTags: [REFERENCE], Layers: ["layer.tar"] }]);
  return tar([file(name, config), file("layer.tar", layer), file("manifest.json", manifest)]);
}

export interface StackLab {
  service(
    name: string,
    script: string,
    changes?: Partial<StackService>,
    container?: Partial<Container>,
  ): StackService;
}

/** Loads the image. */
export async function createStackLab(client: DockerClient): Promise<StackLab> {
  await client.images.load(busyboxArchive());
  const { Id } = await client.images.inspect(REFERENCE);
  const digest = (Id.includes(":") ? Id : `sha256:${Id}`) as Digest;
  return {
    service: (name, script, changes = {}, container = {}) => ({
      container: {
        name,
        image: { reference: REFERENCE, manifest: { digest }, config: CONFIG, layers: [] },
        argv: ["/bin/sh", "-c", script],
        env: new Map([["PATH", "/bin"]]),
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
        ...container,
      },
      ports: [],
      healthCheck: undefined,
      restart: { policy: "no" },
      dependsOn: [],
      networks: [{ network: "default", aliases: [] }],
      ...changes,
    }),
  };
}

const CONFIG: Container["image"]["config"] = {
  architecture: process.arch === "arm64" ? "arm64" : "amd64",
  user: "",
  env: [],
  entrypoint: [],
  command: ["sh"],
  workingDirectory: "/",
  exposedPorts: [],
  volumes: [],
  stopSignal: "SIGTERM",
  healthCheck: undefined,
  labels: [],
  created: "2026-01-01T00:00:00Z",
};

export function stackOf(
  project: string,
  services: readonly StackService[],
  more: {
    readonly networks?: Readonly<Record<string, Partial<StackNetwork>>>;
    readonly volumes?: Readonly<Record<string, Partial<StackVolume>>>;
  } = {},
): StackSpec {
  const { networks = { default: {} }, volumes = {} } = more;
  return {
    project,
    files: ["/nowhere/compose.yaml"],
    services,
    networks: new Map(
      Object.entries(networks).map(([key, network]) => [
        key,
        { name: `${project}_${key}`, internal: false, external: false, ...network },
      ]),
    ),
    volumes: new Map(
      Object.entries(volumes).map(([key, volume]) => [
        key,
        { name: `${project}_${key}`, external: false, ...volume },
      ]),
    ),
  };
}

/** Ends at once when asked, as a service should. */
export const FOREVER = "trap 'exit 0' TERM; while :; do sleep 0.1; done";

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** The compiled guard of a leash; a type error elsewhere does not keep it from being written. */
export function compileOnce(repository: string): void {
  try {
    execFileSync("npx", ["tsc", "-b", "packages/seaworthy/tsconfig.build.json"], {
      cwd: repository,
      stdio: "ignore",
    });
  } catch {
    // What is missing then is missed by the test that needs it.
  }
}
