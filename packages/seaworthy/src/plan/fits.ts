/** Whether a lock still answers what the project asks, and what changed when it does not. */
import { satisfies } from "semver";
import { Fault } from "../fault/fault.ts";
import type { Lock, LockedImage } from "./lock.ts";
import { LOCK_FILE } from "./lock.ts";
import type { ImageRequest } from "./request.ts";

/** One sentence a difference; none when the lock fits. */
export function lockDifferences(
  lock: Lock,
  requests: readonly ImageRequest[],
  architecture: string,
): readonly string[] {
  if (lock.architecture !== architecture) {
    return [`the lock is for ${lock.architecture}, and this machine is ${architecture}`];
  }
  const locked = new Map(lock.images.map((image) => [image.service, image]));
  const asked = new Set(requests.map((request) => request.service));
  return [
    ...requests.flatMap((request) => imageDifferences(locked.get(request.service), request)),
    ...lock.images
      .filter(({ service }) => !asked.has(service))
      .map(({ service }) => `service ${service} is gone`),
  ];
}

/** @throws Fault `plan/lock-out-of-step`, exit 3 */
export function requireFit(
  lock: Lock,
  requests: readonly ImageRequest[],
  architecture: string,
  file: string,
): void {
  const differences = lockDifferences(lock, requests, architecture);
  if (differences.length === 0) return;
  throw new Fault({
    code: "plan/lock-out-of-step",
    message: `expected ${LOCK_FILE} to fit the project, found that ${differences.join("; ")}`,
    place: { file },
    hint: "Make the lock anew and look at the change: seaworthy plan --update",
  });
}

function imageDifferences(
  locked: LockedImage | undefined,
  { service, recipe, node }: ImageRequest,
): string[] {
  if (locked === undefined) return [`service ${service} is new`];
  if (locked.recipe !== recipe.name)
    return [`${service} was made by ${locked.recipe}, now by ${recipe.name}`];
  if (locked.suite !== recipe.suite)
    return [`${service} came from Debian ${locked.suite}, now from ${recipe.suite}`];
  const include = recipe.packages.flatMap((layer) => layer.include);
  return [
    ...listDifferences(service, "package", locked.include, include),
    ...listDifferences(service, "exclusion", locked.exclude, Object.keys(recipe.exclude)),
    ...nodeDifferences(locked, service, node),
  ];
}

function listDifferences(
  service: string,
  what: string,
  before: readonly string[],
  now: readonly string[],
): string[] {
  return [
    ...now
      .filter((name) => !before.includes(name))
      .map((name) => `${service} asks for ${what} ${name}, which the lock has not`),
    ...before
      .filter((name) => !now.includes(name))
      .map((name) => `${service} no longer asks for ${what} ${name}`),
  ];
}

function nodeDifferences(locked: LockedImage, service: string, node: ImageRequest["node"]): string[] {
  if (node === undefined) return [];
  if (locked.node === undefined) return [`${service} has no Node in the lock`];
  const { range, from } = node.runtime;
  if (range === undefined || satisfies(locked.node.version, range)) return [];
  return [`${from} of ${service} asks for Node "${range}", and the lock has ${locked.node.version}`];
}
