/** Which keys each level of a Compose file may have: those honoured, those only known, and all others a mistake. */
import { Fault } from "../fault/fault.ts";
import { closest } from "./closest.ts";
import type { MapNode } from "./compose-node.ts";

/** Keys of the Compose Specification at one level. A key in neither list is refused as unknown. */
export interface KeyTable {
  readonly supported: readonly string[];
  /** Refused with advice: to ignore one in silence would run something else than what was written. */
  readonly known: readonly string[];
}

function keys(supported: string, known = ""): KeyTable {
  return { supported: supported.split(" ").filter(Boolean), known: known.split(" ").filter(Boolean) };
}

type Level =
  | "project"
  | "include"
  | "extends"
  | "service"
  | "build"
  | "deploy"
  | "restartPolicy"
  | "resources"
  | "limits"
  | "healthcheck"
  | "logging"
  | "dependency"
  | "envFile"
  | "port"
  | "device"
  | "ulimit"
  | "grant"
  | "serviceNetwork"
  | "mount"
  | "mountBind"
  | "mountVolume"
  | "mountTmpfs"
  | "network"
  | "ipam"
  | "ipamConfig"
  | "volume"
  | "secret"
  | "config"
  | "generate";

/** @see {@link https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json} */
export const KEYS: Readonly<Record<Level, KeyTable>> = {
  project: keys("name version services networks volumes secrets configs x-seaworthy", "models"),
  include: keys("path project_directory env_file"),
  extends: keys("service file"),
  service: keys(
    "attach build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_period cpu_quota " +
      "cpu_shares cpus cpuset depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search " +
      "domainname entrypoint env_file environment expose extra_hosts group_add healthcheck hostname image init ipc " +
      "label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit " +
      "network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports privileged profiles " +
      "pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period " +
      "stop_signal storage_opt sysctls tmpfs tty ulimits user userns_mode uts volumes working_dir x-seaworthy",
    "annotations blkio_config cpu_count cpu_percent cpu_rt_period cpu_rt_runtime credential_spec external_links " +
      "gpus isolation models post_start pre_stop provider pull_refresh_after use_api_socket volumes_from",
  ),
  build: keys(
    "args cache_from cache_to context dockerfile extra_hosts labels network no_cache platforms provenance pull sbom " +
      "shm_size tags target ulimits",
    "additional_contexts dockerfile_inline entitlements isolation privileged secrets ssh",
  ),
  deploy: keys(
    "endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config",
  ),
  restartPolicy: keys("condition delay max_attempts window"),
  resources: keys("limits reservations"),
  limits: keys("cpus memory pids", "devices generic_resources"),
  healthcheck: keys("disable interval retries start_interval start_period test timeout"),
  logging: keys("driver options"),
  dependency: keys("condition required restart"),
  envFile: keys("path required format"),
  port: keys("app_protocol host_ip mode name protocol published target"),
  device: keys("source target permissions"),
  ulimit: keys("soft hard"),
  grant: keys("source target uid gid mode"),
  serviceNetwork: keys(
    "aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips priority",
    "mac_address",
  ),
  mount: keys("type source target read_only bind volume tmpfs consistency", "image"),
  mountBind: keys("create_host_path propagation selinux", "recursive"),
  mountVolume: keys("labels nocopy", "subpath"),
  mountTmpfs: keys("size mode"),
  network: keys("attachable driver driver_opts enable_ipv4 enable_ipv6 external internal ipam labels name"),
  ipam: keys("config driver options"),
  ipamConfig: keys("aux_addresses gateway ip_range subnet"),
  volume: keys("driver driver_opts external labels name"),
  secret: keys("file environment name labels", "driver driver_opts external template_driver"),
  config: keys("file environment content name labels", "driver driver_opts external template_driver"),
  generate: keys("generate"),
};

const ADVICE: Readonly<Record<string, string>> = {
  annotations: "Use labels, or leave it out.",
  dockerfile_inline: "Put it into a file and name that with `dockerfile`.",
  external: "Write the value to a file and name it with `file`: there is no store of secrets here.",
  external_links: "Put both into a network that is `external: true`.",
  gpus: "Leave it out; a web service needs no device beyond those every container has.",
  post_start: "Let the program itself do it, or a service that others depend on.",
  pre_stop: "Let the program do it when it gets its stop signal.",
  volumes_from: "Name the volumes here, too.",
};

/**
 * @throws Fault `compose/unsupported-key` or `compose/unknown-key` at the first key that cannot be honoured.
 * Extensions (`x-...`) pass, but for `x-seaworthy`: where it means something, the caller's table has it.
 */
export function checkKeys(map: MapNode, table: KeyTable): void {
  for (const [key, node] of map.entries) {
    if (table.supported.includes(key)) continue;
    if (key.startsWith("x-") && key !== "x-seaworthy") continue;
    const where = map.key === "" ? "the top level" : map.key;
    if (table.known.includes(key)) {
      throw new Fault({
        code: "compose/unsupported-key",
        message: `expected only keys that Seaworthy can honour, found "${key}" in ${where}`,
        place: node.place,
        hint:
          ADVICE[key] ??
          `Remove "${key}", or run this stack with Docker; it is part of Compose but not supported yet.`,
      });
    }
    const meant = closest(key, [...table.supported, ...table.known]);
    const advice =
      key === "x-seaworthy"
        ? "Write it under a service or a secret; it has no meaning elsewhere."
        : `Remove "${key}"; a key of your own starts with "x-".`;
    throw new Fault({
      code: "compose/unknown-key",
      message: `expected a key of the Compose Specification, found "${key}" in ${where}`,
      place: node.place,
      hint: meant === undefined ? advice : `Did you mean "${meant}"?`,
    });
  }
}
