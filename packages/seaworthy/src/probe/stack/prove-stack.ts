/** Attacks a stack as a whole: its ports, its health, its end, and its data. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Finding, ReportReach, SourceLine } from "@seaworthy/evidence";
import type { StackService } from "../../engine/stack-service.ts";
import { freeLoopbackPort } from "../../net/free-port.ts";
import { begun } from "../../stack/begun.ts";
import type { StackRuntime } from "../../stack/stack-runtime.ts";
import type { StackSpec } from "../../stack/stack-spec.ts";
import type { StackState } from "../../stack/state.ts";
import { proveDataSurvives } from "./data-survives-restart.ts";
import { proveUnreachable } from "./datastore-unreachable.ts";
import { proveDeclaredListeners } from "./declared-listeners.ts";
import { startDouble } from "./double-stack.ts";
import { proveEveryProcess } from "./every-process.ts";
import { insidePorts } from "./exposure.ts";
import { proveHealthy } from "./healthy.ts";
import { proveLiveMounts } from "./live-mounts.ts";
import { measureReach } from "./measure-reach.ts";
import { proveNoNativeCalls } from "./no-native-calls.ts";
import { proveNoZombies } from "./no-zombies.ts";
import { proveNoticesHang } from "./notices-hang.ts";
import { provePublishedPorts } from "./published-ports.ts";
import type { Role, StackScene } from "./scene.ts";
import { proveNoSecrets } from "./secrets-in-environment.ts";
import { proveSeparateNetworks } from "./separate-networks.ts";
import { proveStops } from "./stops-on-signal.ts";
import { proveStorePassword } from "./store-password.ts";
import { proveStoreRights } from "./store-rights.ts";
import { together } from "./together.ts";

export interface ProveStackOptions {
  readonly spec: StackSpec;
  /** Of the live stack. */
  readonly state: StackState;
  readonly runtime: StackRuntime;
  role(service: string): Role;
  source(service: string, key: string): SourceLine | undefined;
  /** An existing directory on the host, absolute. */
  readonly workDirectory: string;
  readonly onFinding?: (finding: Finding) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface ProvedStack {
  readonly findings: readonly Finding[];
  readonly reach: readonly ReportReach[];
}

/**
 * Only the double is disturbed; the live stack is looked at and connected to, over loopback and from its own networks.
 * @returns findings in the order of the services, each as `onFinding` was told; and who gets through to whom
 * @throws Fault those of starting a stack, when the double could not be made at all
 */
export async function proveStack(options: ProveStackOptions): Promise<ProvedStack> {
  const { spec, state, runtime, role, source, signal } = options;
  const folder = await mkdtemp(join(options.workDirectory, "double-"));
  try {
    await together(spec.services.map((service) => listens(options, service)));
    const insidePorts = await insidePortsOf(runtime, spec, state);
    const freePort = freeLoopbackPort;
    await using double = await startDouble(spec, {
      runtime,
      live: state,
      insidePorts,
      folder,
      freePort,
      signal,
    });
    const { services } = spec;
    const scene: StackScene = { services, state, double, runtime, insidePorts, signal, role, source };
    const findings: Finding[] = [];
    const keep = (finding: Finding | undefined): void => {
      if (finding === undefined) return;
      findings.push(finding);
      options.onFinding?.(finding);
    };
    const reach = await measureReach(scene);
    const looks = await together(services.map((service) => look(scene, service, reach)));
    for (const finding of looks.flat()) keep(finding);
    // What follows disturbs the double, so it comes last; and a service may be asked for by another's check.
    for (const service of services) keep(await proveNoticesHang(scene, service));
    const orphans = await together(services.map((service) => proveNoZombies(scene, service)));
    for (const finding of orphans) keep(finding);
    for (const finding of await proveStops(scene)) keep(finding);
    const kept = await together(services.map((service) => proveDataSurvives(scene, service)));
    for (const finding of kept) keep(finding);
    return { findings, reach };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A port that is opened after it was asked for would pass for one that is closed. */
async function listens(
  { runtime, state, signal }: ProveStackOptions,
  { container: { name }, healthCheck }: StackService,
): Promise<void> {
  const live = state.services.find((one) => one.name === name);
  if (healthCheck !== undefined || live?.status !== "running" || live.startedAt === undefined) return;
  const doesListen = async (): Promise<boolean> =>
    ((await runtime.insideListeners(state.project, name)) ?? []).length > 0;
  await begun(doesListen, Date.parse(live.startedAt), signal);
}

async function look(
  scene: StackScene,
  service: StackService,
  reach: readonly ReportReach[],
): Promise<readonly (Finding | undefined)[]> {
  scene.signal?.throwIfAborted();
  return [
    await provePublishedPorts(scene, service),
    await proveDeclaredListeners(scene, service),
    await proveUnreachable(scene, service),
    await proveSeparateNetworks(scene, service, reach),
    await proveStorePassword(scene, service),
    await proveStoreRights(scene, service),
    await proveHealthy(scene, service),
    await proveNoSecrets(scene, service),
    await proveLiveMounts(scene, service),
    await proveNoNativeCalls(scene, service),
    ...(await proveEveryProcess(scene, service)),
  ];
}

async function insidePortsOf(
  runtime: StackRuntime,
  { services }: StackSpec,
  state: StackState,
): Promise<ReadonlyMap<string, readonly number[]>> {
  return new Map(
    await Promise.all(
      services.map(async (one) => [one.container.name, await insidePorts(runtime, one, state)] as const),
    ),
  );
}
