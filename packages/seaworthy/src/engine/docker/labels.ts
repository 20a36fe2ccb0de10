/** The labels by which what Seaworthy made in an engine is found again, also after a crash. */
import type { Filters } from "./api.ts";

const PROJECT_LABEL = "dev.seaworthy.project";
/** The project again, of containers outside a stack: doubles, twins, and the images made for them. Never of a stack's own. */
const SINGLE_LABEL = "dev.seaworthy.single";

export function singleLabels(project: string): ReadonlyMap<string, string> {
  return new Map([
    [PROJECT_LABEL, project],
    [SINGLE_LABEL, project],
  ]);
}

/** One label: Podman 4.3 finds no image when asked for two. */
export function singleFilters(project: string): Filters {
  return { label: [`${SINGLE_LABEL}=${project}`] };
}
