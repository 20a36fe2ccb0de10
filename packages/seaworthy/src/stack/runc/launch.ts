/** Starts the supervisor of a stack: alone by a lock, in a network namespace of its own whose only device is the loopback. */
import { mkdir, open, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { capabilityNumber } from "../../engine/runc/capabilities.ts";
import { readMachine } from "../../engine/runc/facts.ts";
import { quote } from "../../engine/runc/mount-script.ts";
import { isRootless } from "../../engine/runc/rootless.ts";
import { isMissing } from "../../fault/errno.ts";
import { Fault } from "../../fault/fault.ts";
import { start, startFault } from "../../shell/run.ts";
import type { StackSpec } from "../stack-spec.ts";
import type { StackPlaces } from "./stack-places.ts";
import { supervisorCapabilities } from "./supervisor-capabilities.ts";
import type { FromSupervisor } from "./supervisor-messages.ts";

export type SupervisorProcess = ReturnType<typeof start>;

/** flock's answer when somebody else has the lock. */
const LOCKED = 75;

/** In seconds: the lock of a supervisor that was killed is free when its flock has noticed. */
const PATIENCE = "1";

/**
 * Resolves when the supervisor waits for orders; it ends by itself when the channel closes before it got any.
 * @throws Fault `stack/already-running`, `stack/supervisor`, `shell/not-found`
 */
export async function launchSupervisor(
  places: StackPlaces,
  runRoot: string,
  spec: StackSpec,
): Promise<SupervisorProcess> {
  const { project } = spec;
  await mkdir(places.folder, { recursive: true, mode: 0o700 });
  const log = await open(places.supervisorLog, "a", 0o600);
  // flock stays as the parent; the supervisor holds the lock with it, and Node hands on nothing that it inherited.
  const argv = [
    ...["flock", "--timeout", PATIENCE, "--conflict-exit-code", String(LOCKED), places.lock],
    ...["unshare", ...userNamespace(), "--mount", "--propagation", "slave", "--", "sh", "-c"],
    podScript(places, await boundingSet(spec)),
    ...["supervisor", process.execPath, supervisorProgram(import.meta.url), runRoot, project],
  ];
  try {
    const child = start(argv, {
      cwd: "/",
      // Nothing of the caller's environment, where people keep their secrets, is any business of a stack.
      env: { PATH: process.env["PATH"] },
      stdio: ["ignore", log.fd, log.fd, "ipc"],
      serialization: "advanced",
      detached: true,
    });
    await locked(child, argv, places, project);
    return child;
  } finally {
    await log.close();
  }
}

/** Without root the whole stack lives in one user namespace, whose uid 0 is the user: there mounts and networks are its own. */
function userNamespace(): readonly string[] {
  return isRootless() ? ["--user", "--map-root-user"] : [];
}

/**
 * Only util-linux is needed: a fresh sysfs shows the devices of the namespace it was mounted in, and the loopback is
 * brought up by writing its flags (IFF_UP and IFF_LOOPBACK, Documentation/ABI/testing/sysfs-class-net).
 */
function podScript(places: StackPlaces, boundingSet: string): string {
  const inside = [
    "set -eu",
    'mkdir -p "$0/sys"',
    'mount -t sysfs sysfs "$0/sys"',
    'echo 0x9 > "$0/sys/class/net/lo/flags"',
    'umount "$0/sys"',
    'rmdir "$0/sys"',
    // As for services with a network of their own, and as Docker has it: any user may listen on any port.
    "{ echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start; } 2>/dev/null || :",
    `exec setpriv --bounding-set=${boundingSet} -- "$@"`,
  ].join("\n");
  return [
    "set -eu",
    `: > ${quote(places.hostNetwork)}`,
    `mount --bind /proc/self/ns/net ${quote(places.hostNetwork)}`,
    `exec unshare --net -- sh -c ${quote(inside)} ${quote(places.folder)} "$@"`,
  ].join("\n");
}

/** For setpriv(1), by numbers: it may be older than a name. A capability that this machine does not give cannot be kept. */
async function boundingSet(spec: StackSpec): Promise<string> {
  const { capabilities } = await readMachine(false);
  const kept = supervisorCapabilities(spec).filter((name) => capabilities.includes(name));
  return ["-all", ...kept.map((name) => `+cap_${capabilityNumber(name)}`)].join(",");
}

/** The compiled program, also when this file runs from its source. */
function supervisorProgram(here: string): string {
  const program = fileURLToPath(new URL("./supervisor-main.js", here));
  return here.endsWith(".ts")
    ? program.replace(/\/src\/stack\/runc\/([^/]+)$/, "/dist/stack/runc/$1")
    : program;
}

function locked(
  child: SupervisorProcess,
  argv: readonly string[],
  places: StackPlaces,
  project: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(startFault(error, argv)));
    child.once("exit", (code) => void launchFault(code, places, project).then(reject, reject));
    child.on("message", (message) => {
      if ((message as FromSupervisor).kind === "locked") resolve();
    });
  });
}

async function launchFault(code: number | null, places: StackPlaces, project: string): Promise<Fault> {
  if (code === LOCKED) {
    return new Fault({
      code: "stack/already-running",
      message: `expected project "${project}" to be down, found it running`,
      hint: "See it with `seaworthy ps`, or end it with `seaworthy down`.",
    });
  }
  const log = await supervisorLog(places);
  return new Fault({
    code: "stack/supervisor",
    message: `expected the stack's supervisor to start, but it ended with ${code ?? "a signal"}: ${log}`,
    exit: 2,
  });
}

/** Its last words. */
export async function supervisorLog(places: StackPlaces): Promise<string> {
  try {
    return (await readFile(places.supervisorLog, "utf8")).trim().slice(-2000);
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
