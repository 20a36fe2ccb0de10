/** Chapter C3: how the services of the stack run. */
import type { ReportService } from "@seaworthy/evidence";
import { bullet, code, prose, tableOf } from "./markdown-text.ts";
import type { Words } from "./words.ts";

export function stackChapter(services: readonly ReportService[], words: Words): readonly string[] {
  const rows = services.map((service) => [
    prose(service.name),
    prose(service.image),
    ...statusAndHealth(service, words),
    service.ports
      .map(({ address, published, target }) => code(`${address}:${published} → ${target}`))
      .join(", ") || words.notPublished,
    limits(service, words),
    String(service.restarts),
  ]);
  const problems = services.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [bullet(prose(name), code(problem))],
  );
  return [
    `## ${words.chapterStack}`,
    tableOf(
      [words.service, words.image, words.status, words.health, words.ports, words.limits, words.restarts],
      rows,
    ),
    ...(problems.length === 0 ? [] : [problems.join("\n")]),
  ];
}

/** The engine's one word says both: what has a health check is known by its health as long as it runs. */
function statusAndHealth(
  { status }: ReportService,
  { statuses, unchecked }: Words,
): readonly [string, string] {
  switch (status) {
    case "healthy":
    case "unhealthy":
    case "starting":
      return [statuses.running, statuses[status]];
    case "running":
      return [statuses.running, unchecked];
    case "created":
    case "exited":
    case "missing":
      return [statuses[status], "—"];
  }
}

function limits({ limits: { memory, pids, cpus } }: ReportService, words: Words): string {
  const given = [
    ...(memory === undefined ? [] : [words.memory(memory)]),
    ...(pids === undefined ? [] : [words.processes(pids)]),
    ...(cpus === undefined ? [] : [words.cpus(cpus)]),
  ];
  return given.join(", ") || words.unlimited;
}
