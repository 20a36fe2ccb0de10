/** The report's words in English. */
import { counter } from "./plural.ts";
import type { Words } from "./words.ts";

const plural = counter<"one" | "other">("en", "other");
const decimal = new Intl.NumberFormat("en", { maximumFractionDigits: 1, useGrouping: false });
const percent = new Intl.NumberFormat("en", { style: "percent" });

function claims(count: number): string {
  return `${count} ${plural(count, { one: "claim", other: "claims" })}`;
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${decimal.format(bytes / 1e3)} kB` : `${decimal.format(bytes / 1e6)} MB`;
}

export const ENGLISH: Words = {
  headline: ({ held, breached, unproven }) => {
    if (breached > 0) return `${claims(breached)} breached, ${held} held`;
    if (unproven > 0) return `${claims(unproven)} not proven, ${held} held, none breached`;
    return held === 0 ? "nothing was proven" : "every claim that applies is proven";
  },
  verdicts: { held: "held", breached: "breached", unproven: "unproven", absent: "absent", waived: "waived" },
  meanings: {
    held: "the attack was refused here and worked in the twin, or the inspection found nothing forbidden",
    breached: "the attack worked, or the inspection found what it forbids",
    unproven: "nothing could be said; this does not count as a pass",
    absent: "what would be attacked does not exist here",
    waived: "breached, and accepted by somebody with a reason and an expiry date",
  },
  claims,
  claim: "Claim",
  byAttack: "Tested by attack",
  byInspection: "Tested by inspection",

  made: "Made",
  tool: "Tool",
  plan: "Plan",
  engine: "Machine",
  securityModules: "Security modules",
  noSecurityModules: "not known: the kernel's list of them cannot be read from here",

  chapterImage: "C1. The images",
  layer: "Layer",
  share: "Share",
  unpacked: "Unpacked",
  packed: "Packed",
  paths: "Paths",
  madeBy: "What made it",
  total: "Total",
  compared: (unpacked, handWritten) =>
    `${size(unpacked)} unpacked is ${percent.format(unpacked / handWritten)} of the ${size(handWritten)} that the hand-written report counted for an image of this kind`,
  user: "User",
  healthCheck: "Health check",
  pinnedBy: "Pinned by",
  digest: "Digest",
  none: "none",
  largest: "Where the bytes come from",
  origin: "Origin",

  chapterSecurity: "C2. Security",
  howToRead:
    "A control is proven only if the attack was refused in the container as declared **and** the same attack worked in its twin: the same container with exactly that one control loosened. What refused an act is named where the twin, which lacks it, came further; “unknown” is something that refuses both. Attacks are made in doubles with empty volumes; the data of the stack is not touched.",
  toActOn: "What needs attention",
  achieved: "The attack",
  where: "Where",
  fix: "Fix",
  why: "Why",
  asDeclared: "As declared",
  twin: "Twin",
  inspected: "Inspected",
  attempt: "What was done",
  seen: "What was seen",
  refusedBy: "Refused by",
  unknown: "unknown",
  howToRepeat: "How to repeat it",

  chapterStack: "C3. The stack",
  service: "Service",
  image: "Image",
  status: "Status",
  health: "Health",
  ports: "Ports on the host",
  limits: "Limits",
  restarts: "Restarts",
  confinement: "AppArmor, SELinux",
  unknownConfinement: "not known",
  confinementUnseen: (declared) => `declared, but not seen: ${declared}`,
  statuses: {
    created: "created",
    starting: "starting",
    running: "running",
    healthy: "healthy",
    unhealthy: "unhealthy",
    exited: "exited",
    missing: "missing",
  },
  unchecked: "not checked",
  notPublished: "none",
  memory: (bytes) => `${decimal.format(bytes / 1024 ** 2)} MiB of memory`,
  processes: (count) => `${count} ${plural(count, { one: "process", other: "processes" })}`,
  cpus: (count) => `${decimal.format(count)} ${plural(count, { one: "CPU", other: "CPUs" })}`,
  unlimited: "none",
  reach: "Who gets through to whom",
  howToReadReach:
    "Tried from the place of each row to each service of the columns: the ports that answered, or “no”. “—”: it listens for nobody else. “?”: it could not be tried.",
  from: "From",
  machine: "this machine",
  notReached: "no",

  size,
};
