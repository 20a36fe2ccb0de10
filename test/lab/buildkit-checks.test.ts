/** BuildKit's own checks and ours: where both speak of the same thing, both speak of the same lines. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDockerfile } from "../../packages/seaworthy/src/inspect/dockerfile/check-dockerfile.ts";
import { dockerfileCorpus } from "../../packages/seaworthy/src/recipe/dockerfile/corpus.fixture.ts";
import { parseDockerfile } from "../../packages/seaworthy/src/recipe/dockerfile/parse.ts";
import { targetStage } from "../../packages/seaworthy/src/recipe/dockerfile/stages.ts";
import { BASE, PEER_CHECKS } from "../../packages/seaworthy/src/verb/peers.fixture.ts";
import { type Daemon, DOCKER_28, dockerOf28 } from "../docker/daemons.ts";

/** By our claim, the rules that say the same of every file. Others of ours say more, or know less of a base image. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  "current-syntax": ["MaintainerDeprecated", "LegacyKeyValueFormat"],
  "one-of-each": ["MultipleInstructionsDisallowed"],
};
/** What is found there is found here, too; ours are about more. */
const WITHIN: Readonly<Record<string, string>> = {
  WorkdirRelativePath: "absolute-workdir",
  DuplicateStageName: "known-stages",
};

interface Warning {
  readonly ruleName: string;
  readonly location: { readonly ranges?: readonly { readonly start: { readonly line: number } }[] };
}

/** The images are in no registry that a test may ask: every stage starts from nothing, and nothing is copied from elsewhere. */
function withoutImages(text: string): string {
  const stages = new Set(
    [...text.matchAll(/^\s*FROM\s.*\sAS\s+(\S+)/gim)].map(([, name]) => name?.toLowerCase()),
  );
  return (
    text
      .replaceAll(/^#\s*syntax=[^\n]*\n/gm, "")
      // Flags of frontends that would be pulled.
      .replaceAll(/ --(?:exclude=\S+|parents|security=\S+|keep-git-dir=\S+)(?= )/g, "")
      .replaceAll(/^(\s*FROM\s+)(?:--\S+\s+)*(\S+)/gim, (line, from: string, image: string) =>
        stages.has(image.toLowerCase()) ? line : `${from}scratch`,
      )
      .replaceAll(/ --from=(?!\d)(\S+)/g, (flag, name: string) =>
        stages.has(name.toLowerCase()) ? flag : "",
      )
  );
}

/** `claim:line` of what we find. */
function ours(text: string): readonly string[] {
  const dockerfile = parseDockerfile(text, "/Dockerfile");
  const target = targetStage(dockerfile);
  if (target === undefined) throw new Error("expected a stage");
  const overridden = { user: false, healthCheck: false };
  const subject = {
    dockerfile,
    target,
    args: new Map(),
    context: undefined,
    today: "2026-11-28",
    overridden,
  };
  return checkDockerfile(subject, "app", "/")
    .filter(({ verdict }) => verdict === "breached")
    .map(({ control, source }) => `${control}:${source?.line}`);
}

const reason = DOCKER_28.missing();

describe.skipIf(reason !== undefined)(
  `BuildKit's checks${reason === undefined ? "" : ` (skipped: ${reason})`}`,
  () => {
    let daemon: Daemon;
    let context: string;
    beforeAll(async () => {
      context = await mkdtemp(join(tmpdir(), "checks-"));
      daemon = await DOCKER_28.start();
    }, 60_000);
    afterAll(async () => {
      await daemon?.[Symbol.asyncDispose]();
      await rm(context, { recursive: true, force: true });
    }, 60_000);

    /** `undefined` for a file that it cannot judge, which says so on its error output. */
    async function theirs(text: string): Promise<readonly Warning[] | undefined> {
      const { program, env } = dockerOf28(daemon);
      const args = ["buildx", "build", "--call=check,format=json", "--file", "-", context];
      const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "ignore"] });
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
      child.stdin.end(text);
      await new Promise((resolve) => child.once("close", resolve));
      if (!said.startsWith("{")) return undefined;
      const { warnings, buildError } = JSON.parse(said) as {
        /** `null` for none. */
        readonly warnings: readonly Warning[] | null;
        /** It went no further then. */
        readonly buildError?: unknown;
      };
      return buildError === undefined ? (warnings ?? []) : undefined;
    }

    async function judged(
      texts: readonly string[],
    ): Promise<readonly (readonly [text: string, warnings: readonly Warning[]])[]> {
      const queue = [...texts];
      const results: (readonly [string, readonly Warning[]])[] = [];
      const work = async (): Promise<void> => {
        for (let text = queue.pop(); text !== undefined; text = queue.pop()) {
          const warnings = await theirs(text);
          if (warnings !== undefined) results.push([text, warnings]);
        }
      };
      await Promise.all([work(), work(), work()]);
      return results;
    }

    test("the corpus: the same lines where the same is meant, and none of theirs is missed", {
      timeout: 300_000,
    }, async () => {
      // One that tells BuildKit to pass over a check does not tell us.
      const corpus = dockerfileCorpus().filter((text) => !/^#\s*check=/m.test(text));
      const results = await judged(corpus.map(withoutImages));
      expect(results.length).toBeGreaterThan(200);
      const told: string[] = [];
      const seen = new Set<string>();
      for (const [text, warnings] of results) {
        const own = ours(text);
        const places = warnings.flatMap(({ ruleName, location }) =>
          (location.ranges ?? []).slice(0, 1).map(({ start }) => [ruleName, start.line] as const),
        );
        for (const [rule] of places) seen.add(rule);
        for (const [claim, rules] of Object.entries(SAME)) {
          const listed = (lines: readonly string[]): string => [...new Set(lines)].toSorted().join(", ");
          const expected = listed(
            places.filter(([rule]) => rules.includes(rule)).map(([, line]) => `${claim}:${line}`),
          );
          const found = listed(own.filter((one) => one.startsWith(`${claim}:`)));
          if (expected !== found) told.push(`BuildKit finds "${expected}", we "${found}"\n${text}`);
        }
        for (const [rule, line] of places) {
          const claim = WITHIN[rule];
          if (claim !== undefined && !own.includes(`${claim}:${line}`))
            told.push(`${rule}:${line} is missed\n${text}`);
        }
      }
      expect(told).toEqual([]);
      // A rule that no file of the corpus breaks would have been compared with nothing.
      for (const rule of [...Object.values(SAME).flat(), ...Object.keys(WITHIN)])
        expect([...seen]).toContain(rule);
    });

    test("what docs/peers.md says of them: each file breaks the check that it is there for", {
      timeout: 120_000,
    }, async () => {
      // These need an image: its variables, or its platform.
      const needsImage = /^(?:UndefinedArgInFrom|InvalidDefaultArgInFrom)$/;
      for (const { peers, dockerfile } of PEER_CHECKS) {
        const rules = peers.flatMap((peer) => /^buildkit (\S+)$/.exec(peer)?.[1] ?? []);
        if (dockerfile === undefined || rules.length === 0 || rules.some((rule) => needsImage.test(rule)))
          continue;
        const warnings = await theirs(withoutImages(`${BASE}${dockerfile}\n`));
        expect(
          warnings?.map(({ ruleName }) => ruleName),
          dockerfile,
        ).toEqual(expect.arrayContaining(rules));
      }
    });
  },
);
