/** `seaworthy learn`. */
import { summarise } from "@seaworthy/evidence";
import { type Learned, type LearnedService, learn } from "../../verb/learn.ts";
import { type Missing, missingCalls } from "../../verb/missing-calls.ts";
import {
  type Command,
  DIRECTORY,
  IMAGES,
  type Output,
  PROJECT,
  projectOptions,
  SERVICES,
} from "../command.ts";
import { paint } from "../paint.ts";

export const learnCommand: Command = {
  name: "learn",
  summary: "Find out which system calls each service makes, for a seccomp profile that allows no others",
  takes: [DIRECTORY],
  options: [
    ...PROJECT,
    ...IMAGES,
    SERVICES,
    {
      name: "exercise",
      value: "COMMAND",
      summary: "use the stack by this, run by a shell here; $SEAWORTHY_APP_8000 is where port 8000 of app is",
    },
    { name: "fresh", summary: "forget what earlier runs have seen" },
    {
      name: "write",
      short: "w",
      summary: "write the profiles into seccomp/; without it they are only told of",
    },
    {
      name: "missing",
      summary: "learn nothing: name the calls that services make and their profiles refuse",
    },
  ],
  examples: [
    { line: "learn", does: "what each service needs to start, be healthy and stop" },
    { line: "learn --write --exercise ./smoke.sh", does: "and what the smoke test makes it do; runs add up" },
    { line: "learn --missing --service app", does: "why app fails under its profile" },
  ],
  async run(given, io, output) {
    const options = {
      ...projectOptions(given),
      services: given.texts("service"),
      exercise: given.text("exercise"),
      fresh: given.flag("fresh"),
      write: given.flag("write"),
    };
    if (given.flag("missing")) {
      const missing = await missingCalls(options, io);
      output.json(missingJson(missing));
      printMissing(missing, output);
      return missing.exitCode;
    }
    const learned = await learn(options, io);
    output.json(learnedJson(learned));
    printLearned(learned, output);
    return learned.exitCode;
  },
};

function printLearned({ services, written }: Learned, output: Output): void {
  const { bold, dim, yellow } = paint(output.colour);
  for (const one of services) {
    const { service, calls, allowed, of, refused, file, isInUse } = one;
    output.line();
    output.line(
      `${bold(service)}  ${calls.size} calls seen, ${bold(`${allowed} of ${of}`)} allowed; ${attacks(one)}`,
    );
    output.line(`  ${dim([...calls.keys()].toSorted().join(" "))}`);
    if (refused.length > 0) output.line(`  ${yellow("refused as before")} ${refused.join(" ")}`);
    if (!isInUse) output.line(`  ${file}, for the Compose file: security_opt: ["seccomp=${file}"]`);
  }
  output.line();
  if (written.length > 0) output.line(`written ${written.join(", ")}`);
  else output.line("nothing is written yet: seaworthy learn --write");
}

/** `26 attacks refused, 1 not`. */
function attacks({ findings }: LearnedService): string {
  const { held, breached, unproven } = summarise(findings);
  return [
    `${held} attacks refused`,
    ...(breached > 0 ? [`${breached} not`] : []),
    ...(unproven > 0 ? [`${unproven} unproven`] : []),
  ].join(", ");
}

function printMissing({ services, exercised }: Missing, output: Output): void {
  const { bold, green, red } = paint(output.colour);
  for (const [service, calls] of services) {
    const named = [...calls].map(([name, count]) => `${name} (${count}×)`).join(", ");
    const said =
      calls.size === 0 ? green("its profile refuses it nothing that it called") : red(`refused: ${named}`);
    output.line(`${bold(service)}  ${said}`);
  }
  for (const [service, problem] of exercised.problems) output.line(`${bold(service)} ${problem}`);
  if (exercised.failure !== undefined) output.line(`the exercise failed: ${exercised.failure}`);
  if ([...services.values()].some(({ size }) => size > 0))
    output.line(
      "what it needs of these is added by: seaworthy learn --write, with an exercise that makes it do so",
    );
}

function learnedJson({ services, written, exitCode }: Learned): object {
  return {
    exitCode,
    services: services.map(({ calls, ...rest }) => ({ ...rest, calls: Object.fromEntries(calls) })),
    written,
  };
}

function missingJson({ services, exercised, exitCode }: Missing): object {
  const { problems, failure } = exercised;
  return {
    exitCode,
    services: [...services].map(([service, calls]) => ({ service, missing: Object.fromEntries(calls) })),
    problems: Object.fromEntries(problems),
    exercise: failure ?? null,
  };
}
