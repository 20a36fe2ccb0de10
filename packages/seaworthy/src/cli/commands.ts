/** Every command, in the order that help shows them. */
import type { Command } from "./command.ts";
import { adoptCommand } from "./commands/adopt.ts";
import { buildCommand } from "./commands/build.ts";
import { cacheCommand } from "./commands/cache.ts";
import { checkCommand } from "./commands/check.ts";
import { completionCommand } from "./commands/completion.ts";
import { downCommand } from "./commands/down.ts";
import { engineCommand } from "./commands/engine.ts";
import { execCommand } from "./commands/exec.ts";
import { explainCommand } from "./commands/explain.ts";
import { hardenCommand } from "./commands/harden.ts";
import { learnCommand } from "./commands/learn.ts";
import { logsCommand } from "./commands/logs.ts";
import { newCommand } from "./commands/new.ts";
import { planCommand } from "./commands/plan.ts";
import { proveCommand } from "./commands/prove.ts";
import { psCommand } from "./commands/ps.ts";
import { restartCommand } from "./commands/restart.ts";
import { seccompCommand } from "./commands/seccomp.ts";
import { shipCommand } from "./commands/ship.ts";
import { statsCommand } from "./commands/stats.ts";
import { upCommand } from "./commands/up.ts";
import { whyCommand } from "./commands/why.ts";

export const COMMANDS: readonly Command[] = [
  newCommand,
  shipCommand,
  planCommand,
  buildCommand,
  upCommand,
  psCommand,
  logsCommand,
  execCommand,
  statsCommand,
  restartCommand,
  downCommand,
  adoptCommand,
  checkCommand,
  proveCommand,
  hardenCommand,
  learnCommand,
  seccompCommand,
  explainCommand,
  whyCommand,
  engineCommand,
  cacheCommand,
  completionCommand,
];
