/** The names of Linux capabilities, as Compose writes them: without `CAP_`, and `ALL`. */
import { closest } from "./closest.ts";
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectList, expectString } from "./expect.ts";

/** Every capability, in the kernel's order. @see {@link https://man7.org/linux/man-pages/man7/capabilities.7.html} */
export const CAPABILITIES: readonly string[] = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT " +
  "SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL " +
  "SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
).split(" ");

/** `cap_add` or `cap_drop`, in one spelling. */
export function readCapabilities(node: ComposeNode): readonly string[] {
  return expectList(node).items.map((item) => {
    const name = expectString(item).toUpperCase().replace(/^CAP_/, "");
    if (name === "ALL" || CAPABILITIES.includes(name)) return name;
    const meant = closest(name, CAPABILITIES);
    throw valueFault(
      item,
      "a Linux capability or ALL",
      `"${name}"`,
      meant === undefined ? undefined : `Did you mean "${meant}"?`,
    );
  });
}
