/** Health checks where Podman cannot run them: it leaves them to systemd's timers, and some machines have no systemd. */
import { access } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { HealthCheck } from "../../engine/container.ts";
import { createApi } from "../../engine/docker/api.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import type { CreateRequest } from "../../engine/docker/create-request.ts";
import type { StackService } from "../../engine/stack-service.ts";
import { isMissing } from "../../fault/errno.ts";
import type { ServiceState } from "../state.ts";

/** There while systemd runs the machine. @see sd_booted(3) */
const SYSTEMD = "/run/systemd/system";

/** An engine on another machine is taken to have what it needs. */
export async function runsNoChecks(client: DockerClient, local: boolean): Promise<boolean> {
  if (client.flavor !== "podman" || !local) return false;
  try {
    await access(SYSTEMD);
    return false;
  } catch (error) {
    return isMissing(error);
  }
}

export interface CheckedStack {
  service(name: string): ServiceState;
  isWatched(): boolean;
  refresh(): Promise<void>;
}

/** Runs every service's check at its interval for as long as the stack is watched. Never keeps the process alive. */
export function driveHealthChecks(
  client: DockerClient,
  services: readonly StackService[],
  stack: CheckedStack,
): void {
  for (const { container, healthCheck } of services) {
    // Fails only when the engine has gone, which the watch finds out by itself.
    if (healthCheck !== undefined) drive(client, container.name, healthCheck, stack).catch(() => undefined);
  }
}

async function drive(
  client: DockerClient,
  service: string,
  { interval }: HealthCheck,
  stack: CheckedStack,
): Promise<void> {
  using api = createApi(client.endpoint, client.apiVersion);
  for (;;) {
    await delay(interval, undefined, { ref: false });
    if (!stack.isWatched()) return;
    const { containerId, network } = stack.service(service);
    if (containerId === undefined || network === undefined) continue;
    // https://docs.podman.io/en/v4.3/_static/api.html#tag/containers/operation/ContainerHealthcheckLibpod
    const path = `/libpod/containers/${containerId}/healthcheck`;
    // It ended meanwhile, or is ending.
    await api.send({ method: "GET", path, asked: `to check service "${service}"`, also: [404, 409, 500] });
    await stack.refresh();
  }
}

/**
 * Podman joins the words of a check with spaces and takes them apart again, unless they are one word that is a JSON list.
 * A program without arguments needs no such care.
 */
export function asPodmanReads(request: CreateRequest): CreateRequest {
  const { Healthcheck } = request;
  if (Healthcheck?.Test[0] !== "CMD" || Healthcheck.Test.length < 3) return request;
  return { ...request, Healthcheck: { ...Healthcheck, Test: [JSON.stringify(Healthcheck.Test.slice(1))] } };
}
