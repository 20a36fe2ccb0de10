/** Attacks a stack as a whole: its ports, its health, its end, and its data. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Finding, SourceLine } from "@seaworthy/evidence";
import type { Engine } from "../../engine/engine.ts";
import { freeLoopbackPort } from "../../net/free-port.ts";
import type { StackOptions } from "../../stack/stack.ts";
import type { StackSpec } from "../../stack/stack-spec.ts";
import type { StackState } from "../../stack/state.ts";
import { proveDataSurvives } from "./data-survives-restart.ts";
import { proveUnreachable } from "./datastore-unreachable.ts";
import { startDouble } from "./double-stack.ts";
import { proveHealthy } from "./healthy.ts";
import { provePublishedPorts } from "./published-ports.ts";
import type { Role, StackScene } from "./scene.ts";
import { proveStops } from "./stops-on-signal.ts";

export interface ProveStackOptions {
  readonly spec: StackSpec;
  /** Of the live stack. */
  readonly state: StackState;
  readonly engine: Engine;
  readonly stack: Omit<StackOptions, "leash" | "onChange">;
  role(service: string): Role;
  source(service: string, key: string): SourceLine | undefined;
  /** An existing directory on the host, absolute. */
  readonly workDirectory: string;
  readonly onFinding?: (finding: Finding) => void;
}

export async function proveStack(options: ProveStackOptions): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(options.workDirectory, "double-"));
  try {
    await using double = await startDouble(options.spec, options.stack, folder, freeLoopbackPort);
    const { spec, state, engine, role, source } = options;
    const scene: StackScene = { services: spec.services, state, double, engine, role, source };
    const findings: Finding[] = [];
    const keep = (finding: Finding | undefined): void => {
      if (finding === undefined) return;
      findings.push(finding);
      options.onFinding?.(finding);
    };
    for (const service of spec.services) {
      keep(await provePublishedPorts(scene, service));
      keep(await proveUnreachable(scene, service));
      keep(await proveHealthy(scene, service));
    }
    // What follows disturbs the double, so it comes last, and each service is stopped while all others are up.
    for (const service of spec.services) {
      options.stack.signal?.throwIfAborted();
      keep(await proveStops(scene, service));
    }
    await Promise.all(spec.services.map(async (service) => keep(await proveDataSurvives(scene, service))));
    return findings;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
