/** What the services of a project printed so far, in the order of its times. */
import type { ContainerDetails } from "../../engine/docker/api-types.ts";
import type { DockerClient } from "../../engine/docker/client.ts";
import type { LogOptions as EngineLogOptions } from "../../engine/docker/containers.ts";
import type { LogOptions, ServiceLogLine } from "../stack-runtime.ts";
import { serviceNameOf } from "./labels.ts";
import { instantOf, logLines } from "./log-lines.ts";
import { projectContainers } from "./snapshot.ts";

export async function* readLogs(
  client: DockerClient,
  project: string,
  { services, tail, since, signal }: Omit<LogOptions, "follow">,
): AsyncGenerator<ServiceLogLine> {
  const containers = await projectContainers(client, project, signal);
  const wanted = { ...toEngineOptions({ tail, since }), signal };
  const sources = containers.flatMap((one) => {
    const service = serviceOf(one, services);
    return service === undefined ? [] : [containerLines(client, one, service, wanted)];
  });
  yield* inTimeOrder(sources);
}

/** `undefined` when the container's lines are not asked for. */
export function serviceOf(
  { Config }: ContainerDetails,
  services: LogOptions["services"],
): string | undefined {
  const name = serviceNameOf(Config.Labels ?? {});
  return name !== undefined && (services === undefined || services.includes(name)) ? name : undefined;
}

export function toEngineOptions({ tail, since }: Pick<LogOptions, "tail" | "since">): EngineLogOptions {
  return {
    ...(tail === undefined ? {} : { tail }),
    ...(since === undefined ? {} : { since: since.getTime() / 1000 }),
  };
}

export async function* containerLines(
  client: DockerClient,
  { Id, Config }: ContainerDetails,
  service: string,
  options: EngineLogOptions,
): AsyncGenerator<ServiceLogLine> {
  const frames = client.containers.logs(Id, { ...options, timestamps: true, tty: Config.Tty });
  for await (const line of logLines(frames)) yield { service, ...line };
}

/** Merges sources that are each in order. No more than one line of each is held. */
export async function* inTimeOrder(
  sources: readonly AsyncGenerator<ServiceLogLine>[],
): AsyncGenerator<ServiceLogLine> {
  try {
    const heads = new Map<AsyncGenerator<ServiceLogLine>, Head>();
    const advance = async (source: AsyncGenerator<ServiceLogLine>): Promise<void> => {
      const { done, value } = await source.next();
      if (done === true) heads.delete(source);
      else heads.set(source, { line: value, instant: instantOf(value.time) });
    };
    await Promise.all(sources.map(advance));
    while (heads.size > 0) {
      const [first, head] = [...heads].reduce((a, b) => (b[1].instant < a[1].instant ? b : a));
      yield head.line;
      await advance(first);
    }
  } finally {
    await Promise.allSettled(sources.map((source) => source.return(undefined)));
  }
}

interface Head {
  readonly line: ServiceLogLine;
  readonly instant: bigint;
}
