/** Rewrites a specification for a runtime without root: one id mapped, and nothing that only root of the host may do. */
import type { RuntimeSpec, SpecMount } from "./runtime-spec.ts";

/**
 * The container's user is the one id there is; root is not mapped unless the container runs as root.
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config-linux.md#user-namespace-mappings
 */
export function rootlessSpec(spec: RuntimeSpec): RuntimeSpec {
  const { uid, gid } = spec.process.user;
  const { cgroupsPath: _path, resources: _resources, ...linux } = spec.linux;
  const { oomScoreAdj, ...process } = spec.process;
  return {
    ...spec,
    process: {
      ...process,
      user: { uid, gid, additionalGids: [] },
      // Raised by anyone, lowered by root alone.
      ...(oomScoreAdj === undefined || oomScoreAdj < 0 ? {} : { oomScoreAdj }),
    },
    mounts: spec.mounts.flatMap(rootlessMount),
    linux: {
      ...linux,
      namespaces: [...linux.namespaces, { type: "user" }],
      uidMappings: [{ containerID: uid, hostID: 0, size: 1 }],
      gidMappings: [{ containerID: gid, hostID: 0, size: 1 }],
    },
  };
}

function rootlessMount(mount: SpecMount): readonly SpecMount[] {
  switch (mount.type) {
    case "cgroup":
      return [];
    case "sysfs":
      // A sysfs shows the devices of a network namespace, and is made only by those who own that one.
      return [
        { ...mount, type: "bind", source: "/sys", options: ["rbind", "rprivate", ...mount.options, "rro"] },
      ];
    case "devpts":
    case "tmpfs":
      // Ids that are not mapped; the file system belongs to the container's user without being told.
      return [{ ...mount, options: mount.options.filter((option) => !/^[ug]id=/.test(option)) }];
    default:
      return [mount];
  }
}
