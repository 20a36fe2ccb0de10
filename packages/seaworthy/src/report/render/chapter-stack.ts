/** Chapter C3: how the services of the stack run. */
import type { ReportReach, ReportService } from "@seaworthy/evidence";
import { bullet, code, prose, tableOf } from "./markdown-text.ts";
import { MARKS } from "./verdict-mark.ts";
import type { Words } from "./words.ts";

export function stackChapter(
  services: readonly ReportService[],
  reach: readonly ReportReach[],
  words: Words,
): readonly string[] {
  const rows = services.map((service) => [
    prose(service.name),
    prose(service.image),
    ...statusAndHealth(service, words),
    service.ports
      .map(({ address, published, target }) => code(`${address}:${published} → ${target}`))
      .join(", ") || words.notPublished,
    limits(service, words),
    confinement(service, words),
    String(service.restarts),
  ]);
  const problems = services.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [bullet(prose(name), code(problem))],
  );
  return [
    `## ${words.chapterStack}`,
    tableOf(
      [
        ...[words.service, words.image, words.status, words.health],
        ...[words.ports, words.limits, words.confinement, words.restarts],
      ],
      rows,
    ),
    ...(problems.length === 0 ? [] : [problems.join("\n")]),
    ...reachTable(services, reach, words),
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

/** The kernel's word; what the declaration asks for beside it, where that is something else. */
function confinement(
  { confinement: label, confinementUnseen: unseen = [] }: ReportService,
  words: Words,
): string {
  const shown = label === undefined ? words.unknownConfinement : code(label);
  if (unseen.length === 0) return shown;
  const mark = label === undefined ? MARKS.unproven : MARKS.breached;
  return `${mark} ${shown}; ${words.confinementUnseen(unseen.map(code).join(", "))}`;
}

/** A row for each place that was tried from, the machine last; a column for each service. */
function reachTable(
  services: readonly ReportService[],
  reach: readonly ReportReach[],
  words: Words,
): readonly string[] {
  if (reach.length === 0) return [];
  const sources = [...new Set(reach.map(({ from }) => from))];
  const rows = sources.map((source) => [
    source === undefined ? words.machine : prose(source),
    ...services.map(({ name }) =>
      reachCell(
        reach.find(({ from, to }) => from === source && to === name),
        words,
      ),
    ),
  ]);
  return [
    `**${words.reach}**`,
    words.howToReadReach,
    tableOf([words.from, ...services.map(({ name }) => prose(name))], rows),
  ];
}

/** A service to itself has no row, and nothing in its cell. */
function reachCell(row: ReportReach | undefined, words: Words): string {
  if (row === undefined) return "";
  if (row.problem !== undefined) return "?";
  if (row.tried.length === 0) return "—";
  const ports = new Set(row.tried.filter(({ saw }) => saw === "connected").map(({ port }) => port));
  if (ports.size === 0) return words.notReached;
  const reached = [...ports].map((port) => code(`${port}`)).join(", ");
  return row.declared ? reached : `${MARKS.breached} ${reached}`;
}
