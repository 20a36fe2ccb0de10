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
  | "resources"
  | "limits"
  | "healthcheck"
  | "logging"
  | "dependency"
  | "envFile"
  | "port"
  | "grant"
  | "serviceNetwork"
  | "mount"
  | "mountBind"
  | "mountVolume"
  | "mountTmpfs"
  | "network"
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
    "build cap_add cap_drop command configs container_name cpus depends_on deploy entrypoint env_file environment " +
      "expose group_add healthcheck hostname image init ipc labels logging mem_limit memswap_limit network_mode " +
      "networks pid pids_limit ports privileged profiles pull_policy read_only restart secrets security_opt shm_size " +
      "stdin_open stop_grace_period stop_signal tmpfs tty user volumes working_dir x-seaworthy",
    "annotations attach blkio_config cgroup cgroup_parent cpu_count cpu_percent cpu_period cpu_quota " +
      "cpu_rt_period cpu_rt_runtime cpu_shares cpuset credential_spec develop device_cgroup_rules devices dns " +
      "dns_opt dns_search domainname external_links extra_hosts gpus isolation label_file links " +
      "mac_address mem_reservation mem_swappiness models oom_kill_disable oom_score_adj platform post_start " +
      "pre_stop provider pull_refresh_after runtime scale storage_opt sysctls ulimits use_api_socket " +
      "userns_mode uts volumes_from",
  ),
  build: keys(
    "context dockerfile args target",
    "additional_contexts cache_from cache_to dockerfile_inline entitlements extra_hosts isolation labels network " +
      "no_cache platforms privileged provenance pull sbom secrets shm_size ssh tags ulimits",
  ),
  deploy: keys(
    "resources",
    "endpoint_mode labels mode placement replicas restart_policy rollback_config update_config",
  ),
  resources: keys("limits", "reservations"),
  limits: keys("cpus memory pids", "devices generic_resources"),
  healthcheck: keys("disable interval retries start_interval start_period test timeout"),
  logging: keys("driver options"),
  dependency: keys("condition required restart"),
  envFile: keys("path required", "format"),
  port: keys("app_protocol host_ip mode name protocol published target"),
  grant: keys("source target uid gid mode"),
  serviceNetwork: keys(
    "",
    "aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips mac_address priority",
  ),
  mount: keys("type source target read_only bind volume tmpfs", "consistency image"),
  mountBind: keys("create_host_path", "propagation recursive selinux"),
  mountVolume: keys("", "labels nocopy subpath"),
  mountTmpfs: keys("size mode"),
  network: keys(
    "name driver internal labels",
    "attachable driver_opts enable_ipv4 enable_ipv6 external ipam",
  ),
  volume: keys("name driver labels", "driver_opts external"),
  secret: keys("file name labels", "driver driver_opts environment external template_driver"),
  config: keys("file name labels", "content driver driver_opts environment external template_driver"),
  generate: keys("generate"),
};

const ADVICE: Readonly<Record<string, string>> = {
  annotations: "Use labels, or leave it out.",
  content: "Put the text into a file and name it with `file`.",
  devices: "Leave it out; a web service needs no device beyond those every container has.",
  environment: "Put the value into a file and name it with `file`.",
  external: "Leave it out; Seaworthy makes what the stack needs.",
  links: "Leave it out; services reach each other by name.",
  ulimits: "Leave it out and bound the service with pids_limit and mem_limit.",
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
