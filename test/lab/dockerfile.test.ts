/** Dockerfiles are read or refused here as BuildKit reads or refuses them: each is given to it, with a stage that no file has. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Fault } from "../../packages/seaworthy/src/fault/fault.ts";
import { dockerfileCorpus, REFUSED } from "../../packages/seaworthy/src/recipe/dockerfile/corpus.fixture.ts";
import { parseDockerfile } from "../../packages/seaworthy/src/recipe/dockerfile/parse.ts";
import { DAEMONS, type Daemon } from "../docker/daemons.ts";
import { hasProgram } from "./debian-root.ts";

const ENGINE = DAEMONS.find(({ name }) => name === "Docker 26");
const reason =
  ENGINE?.missing() ?? (hasProgram("docker", "buildx", "version") ? undefined : "needs docker buildx");
/** Flags of frontends that are newer than this BuildKit's own. */
const NEWER = / --(?:exclude=\S+|parents|security=\S+|keep-git-dir=\S+)(?= )/g;
/** Names another frontend, which would be pulled. */
const DIRECTIVE = /^#\s*syntax=[^\n]*\n/gm;

describe.skipIf(reason !== undefined)(
  `BuildKit${reason === undefined ? "" : ` (skipped: ${reason})`}`,
  () => {
    let daemon: Daemon;
    let context: string;
    beforeAll(async () => {
      if (ENGINE === undefined) throw new Error("expected an engine to test with, found none");
      context = await mkdtemp(join(tmpdir(), "dockerfile-"));
      daemon = await ENGINE.start();
    }, 60_000);
    afterAll(async () => {
      await daemon?.[Symbol.asyncDispose]();
      await rm(context, { recursive: true, force: true });
    }, 60_000);

    /** What BuildKit finds wrong; a stage that is missing is found when all else has been read. */
    async function refusal(text: string): Promise<string | undefined> {
      const args = [
        "buildx",
        "build",
        "--progress=plain",
        "--target",
        "seaworthy-nowhere",
        "--file",
        "-",
        context,
      ];
      const child = spawn("docker", args, { env: { ...process.env, DOCKER_HOST: daemon.host } });
      let said = "";
      child.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
      child.stdin.end(text);
      await new Promise((resolve) => child.once("close", resolve));
      const error = said.split("\n").findLast((line) => line.startsWith("ERROR:")) ?? said;
      return /seaworthy-nowhere/.test(error) ? undefined : error;
    }

    test("reads every file of the corpus, as we do", { timeout: 300_000 }, async () => {
      const corpus = dockerfileCorpus().map((text) => text.replace(NEWER, ""));
      expect(corpus.length).toBeGreaterThan(200);
      const queue = [...corpus];
      const refused: string[] = [];
      const work = async (): Promise<void> => {
        for (let text = queue.pop(); text !== undefined; text = queue.pop()) {
          const why = await refusal(text.replace(DIRECTIVE, ""));
          if (why !== undefined) refused.push(`${why}\n${text}`);
        }
      };
      await Promise.all([work(), work(), work()]);
      expect(refused).toEqual([]);
    });

    test.each(REFUSED)("refuses, as we do: %j", async (text) => {
      expect(await refusal(text)).toBeDefined();
      expect(() => parseDockerfile(text, "Dockerfile")).toThrow(Fault);
    });
  },
);
