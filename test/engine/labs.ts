/** Every engine that can be had on this machine, behind the one interface, with the means to see what it leaves. */
import type { ContainerImage } from "../../packages/seaworthy/src/engine/container.ts";
import type { DockerClient } from "../../packages/seaworthy/src/engine/docker/client.ts";
import { connectDocker } from "../../packages/seaworthy/src/engine/docker/connect.ts";
import { createDockerEngine } from "../../packages/seaworthy/src/engine/docker/engine.ts";
import type { Engine, NetworkHandle, Running } from "../../packages/seaworthy/src/engine/engine.ts";
import { createLab, traces, whyNotHere } from "../../packages/seaworthy/src/engine/runc/busybox.fixture.ts";
import { createRuncEngine } from "../../packages/seaworthy/src/engine/runc/runc.ts";
import { DAEMONS, type DaemonKind } from "../docker/daemons.ts";
import { loadBusybox } from "./busybox.ts";

export interface EngineLab extends AsyncDisposable {
  readonly engine: Engine;
  readonly image: ContainerImage;
  /** A folder of the suite's own. */
  readonly folder: string;
  readonly client: DockerClient | undefined;
  networkOf(running: Running): NetworkHandle;
  /** What there is of containers, images made for them, and unnamed volumes. */
  traces(): Promise<readonly string[]>;
}

export interface LabKind {
  readonly name: string;
  readonly isPodman: boolean;
  missing(): string | undefined;
  open(): Promise<EngineLab>;
}

export const LABS: readonly LabKind[] = [
  { name: "runc", isPodman: false, missing: whyNotHere, open: () => Promise.resolve(openRunc()) },
  ...DAEMONS.map((daemon) => ({
    name: daemon.name,
    isPodman: daemon.name === "Podman",
    missing: () => whyNotHere() ?? daemon.missing(),
    open: () => openDocker(daemon),
  })),
];

function openRunc(): EngineLab {
  const lab = createLab();
  return {
    engine: createRuncEngine(lab.options),
    image: lab.image,
    folder: lab.folder,
    client: undefined,
    networkOf: ({ pid }) => `/proc/${pid}/ns/net`,
    traces: () => Promise.resolve(traces(lab)),
    [Symbol.asyncDispose]: () => Promise.resolve(lab[Symbol.dispose]()),
  };
}

async function openDocker(kind: DaemonKind): Promise<EngineLab> {
  const lab = createLab();
  const daemon = await kind.start();
  const client = await connectDocker({ env: {}, host: daemon.host });
  const engine = createDockerEngine({ client, project: "conformance" });
  return {
    engine,
    image: await loadBusybox(client, lab),
    folder: lab.folder,
    client,
    networkOf: ({ id }) => `container:${id}`,
    traces: () => tracesIn(client),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      client[Symbol.dispose]();
      await daemon[Symbol.asyncDispose]();
      lab[Symbol.dispose]();
    },
  };
}

async function tracesIn(client: DockerClient): Promise<readonly string[]> {
  const containers = await client.containers.list({ all: true });
  const volumes = await client.volumes.list();
  return [
    ...containers.map(({ Names }) => `container ${Names.join()}`),
    ...volumes.filter(({ Name }) => /^[0-9a-f]{64}$/.test(Name)).map(({ Name }) => `volume ${Name}`),
  ];
}
