/** `seaworthy harden`. */

import type { Finding } from "@seaworthy/evidence";
import { Fault } from "../../fault/fault.ts";
import type { DiffLine } from "../../harden/diff.ts";
import { diffText } from "../../harden/diff.ts";
import type { Needs } from "../../harden/needs.ts";
import { type Hardened, harden } from "../../verb/harden.ts";
import {
  type Command,
  DIRECTORY,
  type Given,
  IMAGES,
  type Output,
  PROJECT,
  projectOptions,
} from "../command.ts";
import { paint } from "../paint.ts";

const DAYS = 90;
const MOST_DAYS = 730;

export const hardenCommand: Command = {
  name: "harden",
  summary: "Find out what each service really needs, and rewrite the Compose file to allow just that",
  takes: [DIRECTORY],
  options: [
    ...PROJECT,
    ...IMAGES,
    { name: "write", short: "w", summary: "change the file; without it, the change is only shown" },
    { name: "comments", summary: "write the reasons behind what is new" },
    { name: "keep-ports", summary: "leave ports published on the addresses they have" },
    {
      name: "owner",
      value: "NAME",
      summary: "who accepts, by waivers in the file, what no Compose file can change",
    },
    {
      name: "expires",
      value: "DAYS",
      summary: `how long the waivers last; ${DAYS} days unless said otherwise`,
    },
  ],
  examples: [
    { line: "harden", does: "the change, the reasons, and what was tried; nothing is written" },
    { line: "harden --write examples/legacy-fastapi", does: "the same, and the file is changed" },
    {
      line: "harden --write --owner Ada",
      does: "and Ada accepts for a while what only another image can mend",
    },
  ],
  async run(given, io, output) {
    const hardened = await harden(
      {
        ...projectOptions(given),
        write: given.flag("write"),
        comments: given.flag("comments"),
        keepPorts: given.flag("keep-ports"),
        accept: acceptance(given),
      },
      io,
    );
    output.json(asJson(hardened));
    print(hardened, output);
    return hardened.exitCode;
  },
};

function acceptance(given: Given): { readonly owner: string; readonly days: number } | undefined {
  const owner = given.text("owner")?.trim();
  const days = given.text("expires");
  if (owner === undefined || owner === "") {
    if (owner === undefined && days === undefined) return undefined;
    throw new Fault({
      code: "usage/owner",
      message: "expected the name of whoever accepts what remains, found none",
      hint: "For example: seaworthy harden --write --owner Ada --expires 30",
    });
  }
  if (days === undefined) return { owner, days: DAYS };
  if (/^[1-9]\d{0,3}$/.test(days) && Number(days) <= MOST_DAYS) return { owner, days: Number(days) };
  throw new Fault({
    code: "usage/expires",
    message: `expected --expires to be from 1 to ${MOST_DAYS} days, found "${days}"`,
  });
}

function print(hardened: Hardened, output: Output): void {
  const { diff, changes, remarks, findings, starts, written, exitCode } = hardened;
  const { bold, dim, red, yellow } = paint(output.colour);
  output.line();
  for (const line of diff) output.line(coloured(line, output.colour));
  if (diff.length === 0) output.line("nothing to change");
  for (const service of new Set(changes.map((change) => change.service))) {
    output.line();
    output.line(bold(service));
    for (const { what, reason } of changes.filter((change) => change.service === service)) {
      output.line(`  ${what}  ${dim(reason)}`);
    }
  }
  if (remarks.length > 0) output.line();
  for (const { service, kind, text } of remarks) {
    const label = { open: red, need: yellow, note: yellow }[kind](kind);
    output.line(`${label} ${bold(service)}: ${text}`);
  }
  printRemaining(hardened, output);
  output.line();
  const proven = findings === undefined ? "tried" : "tried and proven";
  output.line(`${proven} in ${starts} starts${exitCode === 0 ? "" : "; not all of the posture is reached"}`);
  if (written.length > 0) output.line(`written ${written.join(", ")}`);
  else if (diff.length > 0) output.line("nothing is written yet: seaworthy harden --write");
}

/** What is accepted, what could be, and what the file has to change itself. */
function printRemaining({ findings = [], acceptable }: Hardened, output: Output): void {
  const { bold, dim, red, yellow } = paint(output.colour);
  const remaining = findings.filter(({ verdict }) => ["breached", "unproven", "waived"].includes(verdict));
  if (remaining.length > 0) output.line();
  let open = 0;
  for (const finding of remaining) {
    const { service, control, claim, verdict, fix, reason } = finding;
    const mend = acceptable.find((one) => one.service === service && one.control === control)?.reason;
    const label = verdict === "waived" ? yellow(verdict) : red(verdict);
    const text = verdict === "waived" ? (reason?.en ?? "") : (mend ?? fix?.en ?? "");
    if (verdict === "breached" && mend !== undefined) open += 1;
    output.line(`${label} ${bold(service)}: ${claim.en}`);
    output.line(`  ${dim(verdict === "unproven" ? whyUnproven(finding) : text)}`);
  }
  if (open === 0) return;
  output.line();
  output.line(
    `${open} of these no Compose file can change: mend them as said, or accept them for ${DAYS} days with --owner NAME`,
  );
}

/** What kept the attack or its twin from being made. */
function whyUnproven({ hardened, twin, reason }: Finding): string {
  const unable = [hardened, twin].find((one) => one?.outcome === "unable") ?? hardened;
  return reason?.en ?? unable?.summary.en ?? "";
}

function coloured(line: DiffLine, colour: boolean): string {
  const { bold, cyan, green, red } = paint(colour);
  switch (line.kind) {
    case "file":
      return bold(line.text);
    case "hunk":
      return cyan(line.text);
    case "added":
      return green(line.text);
    case "removed":
      return red(line.text);
    case "kept":
    case "remark":
      return line.text;
  }
}

function asJson(hardened: Hardened): object {
  const { changes, remarks, found, diff, findings, acceptable, starts, written, exitCode } = hardened;
  return {
    exitCode,
    changes: changes.map(({ service, key, what, reason }) => ({ service, key, what, reason })),
    remarks,
    services: [...found].map(([service, { needs, trials, code }]) => ({
      service,
      needs: needs === undefined ? null : needsJson(needs),
      writesIntoCode: code,
      trials: trials.map((trial) => ({
        tried: needsJson(trial.needs),
        worked: trial.worked,
        problem: trial.problem,
      })),
    })),
    starts,
    diff: diffText(diff),
    findings: findings ?? null,
    acceptable,
    written,
  };
}

function needsJson({ user, grants, scratch, data, limits }: Needs): object {
  return { user: `${user.uid}:${user.gid}`, grants, tmpfs: scratch, volumes: data, limits };
}
