/** Finds out what one service needs, by saying what to try next; somebody else tries it. */
import type { User } from "../engine/container.ts";
import { declaredPorts } from "../engine/exposed-ports.ts";
import type { StackService } from "../engine/stack-service.ts";
import { readOnlyRoot } from "../posture/controls/read-only-root.ts";
import { noZombies } from "../posture/stack-claims/no-zombies.ts";
import { guessCapabilities, guessPaths } from "./guesses.ts";
import { limitsFor } from "./limits.ts";
import { type Attempted, minimalSet } from "./minimal-set.ts";
import { type Grant, grantsOf, isCapability, type Needs } from "./needs.ts";
import type { Outcome } from "./outcome.ts";
import { scratchSize, writtenPlaces } from "./writable.ts";

/** What was tried and what it showed. */
export interface Trial {
  readonly needs: Needs;
  readonly worked: boolean;
  readonly problem: string;
}

export interface Found {
  /** `undefined` when it does not even work with all that it had. */
  readonly needs: Needs | undefined;
  readonly trials: readonly Trial[];
  /** What it writes inside its own code, and does without. */
  readonly code: readonly string[];
}

/** Yields what to try; is told what came of it. */
export type Search = Generator<Needs, Found, Outcome>;

const MOST_LESSONS = 4;
const MOST_TRIALS = 40;
/** When no ordinary user was seen: one that no image has. */
const ANYBODY: User = { uid: 10_001, gid: 10_001, groups: [] };

/**
 * First as an ordinary user without anything; then, when that user is the answer but a restriction is in the way,
 * without as few restrictions as possible; at last as the user it has, with as little of root's power as possible.
 * @param seen the service as it is
 */
export function* searchNeeds(service: StackService, seen: Outcome): Search {
  const { container } = service;
  const mounted = container.mounts.map(({ target }) => target);
  const trials: Trial[] = [];
  const places = { scratch: new Set<string>(), data: new Set<string>(), code: new Set<string>() };
  const own = mounted.filter((_, index) => container.mounts[index]?.kind === "tmpfs");
  const publish = container.network === "host" ? (seen.listens ?? []) : [];
  // A program that has to be the first, and an engine that has no init to give, are to be found out.
  const zombies: readonly Grant[] = seen.keepsZombies === true ? [noZombies.control] : [];
  const all = [...grantsOf(service), ...zombies];
  learn(seen.writes);

  for (const user of ordinaryUsers(service, seen)) {
    const strict = yield* attempt(user, []);
    if (strict.worked) return found(user, []);
    const restrictions = all.filter((grant) => !isCapability(grant));
    const open = yield* attempt(user, restrictions);
    if (!open.worked) continue;
    learn(open.writes);
    const grants = yield* smallest(user, restrictions);
    if (grants !== undefined) return found(user, grants);
  }
  const grants = yield* smallest(container.user, all);
  return grants === undefined
    ? { needs: undefined, trials, code: [...places.code].sort() }
    : found(container.user, grants);

  /** Tried again while its last words name further places that it must write to. */
  function* attempt(user: User, grants: readonly Grant[]): Generator<Needs, Outcome, Outcome> {
    for (let lesson = 0; ; lesson += 1) {
      const needs = needsOf(user, grants);
      const outcome = yield needs;
      trials.push({ needs, worked: outcome.worked, problem: outcome.problem });
      if (outcome.worked || lesson === MOST_LESSONS) return outcome;
      if (!learn(guessPaths([...outcome.log, outcome.problem]))) return outcome;
    }
  }

  function* smallest(
    user: User,
    from: readonly Grant[],
  ): Generator<Needs, readonly Grant[] | undefined, Outcome> {
    const search = minimalSet(from, MOST_TRIALS);
    let told: Attempted<Grant> | undefined;
    for (;;) {
      const step = told === undefined ? search.next() : search.next(told);
      if (step.done === true) return step.value;
      const { worked, log, problem } = yield* attempt(user, step.value);
      told = { enough: worked, hints: worked ? [] : guessCapabilities([...log, problem]) };
    }
  }

  /** @returns whether there was anything new */
  function learn(paths: readonly string[]): boolean {
    const written = writtenPlaces(paths, mounted);
    const before = places.scratch.size + places.data.size;
    for (const path of written.scratch) places.scratch.add(path);
    for (const path of written.data) places.data.add(path);
    for (const path of written.code) places.code.add(path);
    return places.scratch.size + places.data.size > before;
  }

  function needsOf(user: User, grants: readonly Grant[]): Needs {
    // Where everything can be written, no place needs to be made for it.
    const scratch = grants.includes(readOnlyRoot.id) ? [] : [...places.scratch].sort();
    const memory = [...scratch, ...own].reduce(
      (sum, target) => sum + scratchSize(target),
      container.limits.shmSize,
    );
    return {
      user,
      grants,
      init: zombies.some((grant) => !grants.includes(grant)),
      scratch,
      data: [...places.data].sort(),
      limits: limitsFor(seen.usage, memory),
      publish,
      expose: onlyPort(service, seen),
    };
  }

  function found(user: User, grants: readonly Grant[]): Found {
    return { needs: needsOf(user, grants), trials, code: [...places.code].sort() };
  }
}

/** The declared one; for root, those that its processes turned into, or one that owns nothing. */
function ordinaryUsers({ container }: StackService, seen: Outcome): readonly User[] {
  const { uid, gid, groups } = container.user;
  if (uid !== 0) return [{ uid, gid: gid === 0 ? uid : gid, groups: groups.filter((group) => group !== 0) }];
  const others = seen.users.filter((user) => user.uid !== 0);
  const users = (others.length === 0 ? [ANYBODY] : others).map((user) => ({
    uid: user.uid,
    gid: user.gid === 0 ? user.uid : user.gid,
    groups: [],
  }));
  return users.filter(
    (user, index) => users.findIndex((one) => one.uid === user.uid && one.gid === user.gid) === index,
  );
}

/** Where it listens, when that is one place and nothing is declared; a second port may be a debugger's, which nobody meant. */
function onlyPort(service: StackService, { listens = [] }: Outcome): readonly number[] {
  const ports = [...new Set(listens)];
  const isPlain = service.container.network !== "host" && declaredPorts(service).length === 0;
  return isPlain && ports.length === 1 ? ports : [];
}
