/** `seaworthy harden`. */
import type { DiffLine } from "../../harden/diff.ts";
import { diffText } from "../../harden/diff.ts";
import type { Needs } from "../../harden/needs.ts";
import { type Hardened, harden } from "../../verb/harden.ts";
import { type Command, DIRECTORY, IMAGES, type Output, PROJECT, projectOptions } from "../command.ts";
import { paint } from "../paint.ts";

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
  ],
  examples: [
    { line: "harden", does: "the change, the reasons, and what was tried; nothing is written" },
    { line: "harden --write examples/legacy-fastapi", does: "the same, and the file is changed" },
  ],
  async run(given, io, output) {
    const hardened = await harden(
      {
        ...projectOptions(given),
        write: given.flag("write"),
        comments: given.flag("comments"),
        keepPorts: given.flag("keep-ports"),
      },
      io,
    );
    output.json(asJson(hardened));
    print(hardened, output);
    return hardened.exitCode;
  },
};

function print(
  { diff, changes, remarks, findings, starts, written, exitCode }: Hardened,
  output: Output,
): void {
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
    output.line(`${kind === "open" ? red("open") : yellow("note")} ${bold(service)}: ${text}`);
  }
  for (const { service, claim, verdict, fix } of findings ?? []) {
    if (verdict !== "breached" && verdict !== "unproven") continue;
    output.line(
      `${red(verdict)} ${bold(service)}: ${claim.en}${fix === undefined ? "" : `  ${dim(fix.en)}`}`,
    );
  }
  output.line();
  const proven = findings === undefined ? "tried" : "tried and proven";
  output.line(`${proven} in ${starts} starts${exitCode === 0 ? "" : "; not all of the posture is reached"}`);
  if (written.length > 0) output.line(`written ${written.join(", ")}`);
  else if (diff.length > 0) output.line("nothing is written yet: seaworthy harden --write");
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

function asJson({ changes, remarks, found, diff, findings, starts, written, exitCode }: Hardened): object {
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
    written,
  };
}

function needsJson({ user, grants, scratch, data, limits }: Needs): object {
  return { user: `${user.uid}:${user.gid}`, grants, tmpfs: scratch, volumes: data, limits };
}
