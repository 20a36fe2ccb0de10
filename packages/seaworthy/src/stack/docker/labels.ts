/** The labels on what a stack makes in an engine: Compose's own, so that `docker compose` sees it, and two of ours. */
import { dirname } from "node:path";
import { digestOf, hexOf } from "../../content/digest.ts";
import type { Filters } from "../../engine/docker/api.ts";
import type { ServiceDependency, StackService } from "../../engine/stack-service.ts";
import { declarationDigest, type StackSpec } from "../stack-spec.ts";

export type Labels = Readonly<Record<string, string>>;

/** @see https://github.com/docker/compose/blob/v2.26.1/pkg/api/labels.go */
export const PROJECT = "com.docker.compose.project";
export const SERVICE = "com.docker.compose.service";
const NUMBER = "com.docker.compose.container-number";
const ONE_OFF = "com.docker.compose.oneoff";
export const DEPENDS_ON = "com.docker.compose.depends_on";
const NETWORK = "com.docker.compose.network";
const VOLUME = "com.docker.compose.volume";
/** The digest of the whole declaration: tells what runs from what the Compose file says now. */
export const DECLARED = "dev.seaworthy.declared";
/** The guard that ends the stack with the process that started it: see `leash.ts`. */
export const LEASHED = "dev.seaworthy.leashed";

const CONDITIONS = {
  started: "service_started",
  healthy: "service_healthy",
  completed: "service_completed_successfully",
} as const;

export function ofProject(project: string): Filters {
  return { label: [`${PROJECT}=${project}`] };
}

/** @param leash names the guard; `undefined` for a stack that stays */
export function containerLabels(spec: StackSpec, service: StackService, leash: string | undefined): Labels {
  return {
    ...Object.fromEntries(service.container.extras?.labels ?? []),
    [PROJECT]: spec.project,
    [SERVICE]: service.container.name,
    [NUMBER]: "1",
    [ONE_OFF]: "False",
    [DEPENDS_ON]: writeDependencies(service.dependsOn),
    "com.docker.compose.project.working_dir": dirname(spec.files[0] ?? "/"),
    "com.docker.compose.project.config_files": spec.files.join(","),
    "com.docker.compose.config-hash": configHash(service),
    "com.docker.compose.image": service.container.image.manifest.digest,
    [DECLARED]: declarationDigest(spec),
    ...(leash === undefined ? {} : { [LEASHED]: leash }),
  };
}

export function networkLabels(spec: StackSpec, key: string, leash: string | undefined): Labels {
  return {
    ...Object.fromEntries(spec.networks.get(key)?.labels ?? []),
    [PROJECT]: spec.project,
    [NETWORK]: key,
    ...(leash === undefined ? {} : { [LEASHED]: leash }),
  };
}

/** @param key in the Compose file; `undefined` for a volume that is not declared there */
export function volumeLabels(spec: StackSpec, key: string | undefined): Labels {
  if (key === undefined) return { [PROJECT]: spec.project };
  return {
    ...Object.fromEntries(spec.volumes.get(key)?.labels ?? []),
    [PROJECT]: spec.project,
    [VOLUME]: key,
  };
}

/**
 * What a container is called in a state: its service, and for further ones of a scaled service also its number.
 * @returns `undefined` for what is no container of a service, such as one of `docker compose run`
 */
export function serviceNameOf(labels: Labels): string | undefined {
  const service = labels[SERVICE];
  if (service === undefined || labels[ONE_OFF] === "True") return undefined;
  const number = labels[NUMBER] ?? "1";
  return number === "1" ? service : `${service}-${number}`;
}

/** Compose's own form: `db:service_healthy:false,cache:service_started:true`, the last word saying whether to restart with it. */
export function writeDependencies(dependsOn: readonly ServiceDependency[]): string {
  return dependsOn
    .map(({ service, condition, restart = false }) => `${service}:${CONDITIONS[condition]}:${restart}`)
    .join(",");
}

export interface LabelledDependency {
  readonly service: string;
  readonly restart: boolean;
}

export function readDependencies(label: string | undefined): readonly LabelledDependency[] {
  return (label ?? "").split(",").flatMap((one) => {
    const [service = "", , restart] = one.split(":");
    return service === "" ? [] : [{ service, restart: restart === "true" }];
  });
}

/** Not Compose's own hash: `docker compose up` makes a container anew when its hash is another, as it should for one of ours. */
function configHash(service: StackService): string {
  const plain = (_: string, value: unknown): unknown => (value instanceof Map ? [...value] : value);
  return hexOf(digestOf(JSON.stringify(service, plain)));
}
