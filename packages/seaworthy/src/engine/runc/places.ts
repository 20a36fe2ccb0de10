/** Where the engine keeps what it makes for one project, so that starting and cleaning up agree. */
import { join } from "node:path";

export interface Places {
  /** `<runRoot>/<project>`: everything that ends with the stack. */
  readonly project: string;
  /** Bundles by container id. */
  readonly containers: string;
  /** runc's own state. */
  readonly runcState: string;
  /** Below the cgroup root, shared by all containers of the project. */
  readonly cgroup: string;
}

/** @param project letters, digits, `-` and `_`, as Compose normalizes it */
export function placesOf(runRoot: string, project: string): Places {
  if (!/^[a-z0-9][a-z0-9_-]*$/i.test(project)) {
    throw new TypeError(`expected a project name of letters, digits, "-" and "_", found "${project}"`);
  }
  const base = join(runRoot, project);
  return {
    project: base,
    containers: join(base, "containers"),
    runcState: join(base, "runc"),
    cgroup: `/seaworthy/${project}`,
  };
}
