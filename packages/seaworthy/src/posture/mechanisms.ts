/** What in the kernel refuses an attack, where several controls stand on the same. */
import type { Text } from "@seaworthy/evidence";

export const SECCOMP_FILTER: Text = { en: "the seccomp filter", ru: "фильтр seccomp" };
export const CONTROL_GROUP: Text = { en: "the control group", ru: "контрольная группа" };
export const MOUNT_NAMESPACE: Text = { en: "the mount namespace", ru: "пространство имён монтирований" };
