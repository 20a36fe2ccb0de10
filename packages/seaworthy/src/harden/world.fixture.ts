/** A world whose services have needs that only trying them shows, for tests of the search. */
import type { Container, User } from "../engine/container.ts";
import type { StackService } from "../engine/stack-service.ts";
import { DEFAULT_CAPABILITIES } from "../stack/container.ts";
import type { Outcome, TryOut } from "./outcome.ts";

export interface TrueNeeds {
  /** Ids as which it runs without any capability; root is never among them. */
  readonly users: readonly number[];
  /** Any of these sets is enough for root. */
  readonly capabilities: readonly (readonly string[])[];
  /** Files that it must be able to write. */
  readonly writes: readonly string[];
  readonly needsExec: boolean;
  readonly needsSeccomp: boolean;
  /** As which it is seen to run. */
  readonly runsAs: readonly User[];
  /** Whether its last words say what it misses. */
  readonly talks: boolean;
  /** The only program in its image that can ask for its health. */
  readonly healthProgram?: string;
  /** Whether its first process waits for nobody's children but its own. */
  readonly keepsZombies: boolean;
  /** Whether it ends unless it is the first process. */
  readonly mustBeFirst: boolean;
  /** As it is seen to. */
  readonly listens?: readonly number[];
  /** Services that it cannot do without, whether or not it says so. */
  readonly uses: readonly string[];
}

export const MODEST: TrueNeeds = {
  ...{
    users: [10_001],
    capabilities: [[]],
    writes: [],
    needsExec: false,
    needsSeccomp: false,
    runsAs: [],
    talks: true,
    keepsZombies: false,
    mustBeFirst: false,
    uses: [],
  },
};

export function fakeService(
  name: string,
  more: Partial<Container> = {},
  dependsOn: readonly string[] = [],
): StackService {
  return {
    container: {
      ...{
        name,
        argv: ["/bin/app"],
        env: new Map(),
        workingDirectory: "/",
        stopSignal: "SIGTERM",
        stopGrace: 10_000,
      },
      image: {
        reference: `${name}:1`,
        manifest: { digest: `sha256:${"0".repeat(64)}` },
        config: { exposedPorts: [] as readonly string[] } as Container["image"]["config"],
        layers: [],
      },
      mounts: [],
      user: { uid: 0, gid: 0, groups: [] },
      ...{
        readOnlyRoot: false,
        noNewPrivileges: false,
        capabilities: DEFAULT_CAPABILITIES,
        seccomp: "default",
      },
      ...{
        systemPaths: "default",
        hostDevices: false,
        network: "private",
        pid: "private",
        ipc: "private",
        uts: "private",
      },
      limits: { memory: undefined, pids: undefined, cpus: undefined, shmSize: 64 * 1024 ** 2 },
      ...more,
    },
    ports: [],
    healthCheck: undefined,
    restart: { policy: "no" },
    dependsOn: dependsOn.map((service) => ({ service, condition: "started" })),
    networks: [{ network: "default", aliases: [] }],
  };
}

/** @returns what is missing, as last words; nothing when it comes up */
export function missing({ container }: StackService, needs: TrueNeeds): readonly string[] {
  const words: string[] = [];
  if (container.user.uid !== 0 && !needs.users.includes(container.user.uid))
    words.push("cannot open files: Permission denied");
  const enough = needs.capabilities.some((set) => set.every((one) => container.capabilities.includes(one)));
  if (container.user.uid === 0 && !enough) words.push("chown: Operation not permitted");
  const mounts = container.mounts.map(({ target }) => target);
  for (const path of needs.writes) {
    const isMounted = mounts.some((target) => path.startsWith(`${target}/`));
    if (container.readOnlyRoot && !isMounted) words.push(`open ${path}: Read-only file system`);
  }
  if (needs.needsExec && container.mounts.every((mount) => mount.kind !== "tmpfs" || !mount.exec))
    words.push("cannot run what was written");
  if (needs.needsSeccomp && container.seccomp === "default") words.push("bad system call");
  if (needs.mustBeFirst && container.extras?.init === true) words.push("can only run as pid 1");
  return words;
}

export function fakeWorld(
  needs: ReadonlyMap<string, TrueNeeds>,
): TryOut & { readonly tried: readonly StackService[][] } {
  const tried: StackService[][] = [];
  const tryOut: TryOut = (services) => {
    tried.push([...services]);
    const isUp = (name: string): boolean => {
      const service = services.find(({ container }) => container.name === name);
      const own = needs.get(name);
      return (
        service !== undefined &&
        own !== undefined &&
        missing(service, own).length === 0 &&
        own.uses.every(isUp)
      );
    };
    const outcomes = services.map((service): readonly [string, Outcome] => {
      const { name } = service.container;
      const own = needs.get(name) ?? MODEST;
      const words = missing(service, own);
      const isHealthy = own.healthProgram === undefined || service.healthCheck?.argv[0] === own.healthProgram;
      const worked = isUp(name) && isHealthy;
      const problem = worked ? "" : "ended with 1";
      return [
        name,
        {
          ...{ worked, problem, isUnhealthy: !isHealthy, log: own.talks ? words : [], listens: own.listens },
          writes: service.container.readOnlyRoot || !worked ? [] : own.writes,
          users: worked ? own.runsAs : [],
          usage: { memory: 50 * 1024 ** 2, processes: 5 },
          keepsZombies: own.keepsZombies,
        },
      ];
    });
    return Promise.resolve(new Map(outcomes));
  };
  return Object.assign(tryOut, { tried });
}
