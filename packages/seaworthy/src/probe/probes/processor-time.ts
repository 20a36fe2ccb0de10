/** Asks the kernel how much processor time it gives the container's control group. */
import { posix } from "node:path";
import { cpuLimit } from "../../posture/controls/cpu-limit.ts";
import type { Attacker } from "../attacker.ts";
import type { Probe } from "../probe.ts";

const GROUP = "/sys/fs/cgroup";
/** Of one CPU: quotas are whole microseconds, and an engine may round. */
const ROUNDING = 0.01;

export const processorTime: Probe = {
  id: "processor-time",
  control: cpuLimit,
  as: "declared",
  async attempt({ attacker, declared }) {
    const given = await givenTime(attacker);
    if (given === undefined) {
      attacker.note(`look for cpu.max and cpu.cfs_quota_us in ${GROUP}`, "neither can be read");
      return attacker.unable({
        en: `the control group cannot be seen in ${GROUP}`,
        ru: `контрольная группа не видна в ${GROUP}`,
      });
    }
    if (given === Number.POSITIVE_INFINITY)
      return attacker.breached({ en: "may use every processor", ru: "может занять все процессоры" });
    const cpus = Number(given.toFixed(3));
    if (given > (declared.limits.cpus ?? Number.POSITIVE_INFINITY) + ROUNDING) {
      return attacker.breached({
        en: `may use ${cpus} CPUs, more than the ${declared.limits.cpus} declared`,
        ru: `может занять процессоров: ${cpus}, а описано ${declared.limits.cpus}`,
      });
    }
    return attacker.refused({
      en: `no more than ${cpus} CPUs' worth of time`,
      ru: `времени не больше, чем у ${cpus} процессора`,
    });
  },
};

/**
 * In CPUs; infinite without a limit; `undefined` where the kernel does not tell.
 * @see https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v2.html cpu.max, and scheduler/sched-bwc.html for v1
 */
async function givenTime(attacker: Attacker): Promise<number | undefined> {
  const membership = await attacker.readFile("/proc/self/cgroup");
  const rows = typeof membership === "string" ? [] : membership.toString().trim().split("\n");
  const ownPath = (controllers: RegExp): string =>
    rows.find((row) => controllers.test(row))?.split(":")[2] ?? "/";
  // Below its own path in a namespace of the host's; where its group is all that is mounted, at the top.
  for (const own of [ownPath(/^0::/), "/"]) {
    const [quota, period] = (await read(attacker, `${GROUP}${own}/cpu.max`))?.split(" ") ?? [];
    if (quota !== undefined && period !== undefined) return timeOf(quota === "max" ? "-1" : quota, period);
  }
  for (const own of [ownPath(/^\d+:(?:.+,)?cpu(?:,.+)?:/), "/"]) {
    const quota = await read(attacker, `${GROUP}/cpu${own}/cpu.cfs_quota_us`);
    const period = await read(attacker, `${GROUP}/cpu${own}/cpu.cfs_period_us`);
    if (quota !== undefined && period !== undefined) return timeOf(quota, period);
  }
  return undefined;
}

/** `undefined` for a file that is not there, as those of the other version are not. */
async function read(attacker: Attacker, written: string): Promise<string | undefined> {
  const path = posix.normalize(written);
  const content = await attacker.readFile(path);
  if (typeof content === "string") return undefined;
  const saw = content.toString("latin1").trim();
  attacker.note(`read("${path}")`, saw);
  return saw;
}

/** Both in microseconds; a negative quota is none. */
function timeOf(quota: string, period: string): number | undefined {
  const cpus = Number(quota) < 0 ? Number.POSITIVE_INFINITY : Number(quota) / Number(period);
  return Number.isNaN(cpus) ? undefined : cpus;
}
