/** `.dockerignore` read here keeps out what BuildKit keeps out: real builds of one context under many files. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDockerignore } from "../../packages/seaworthy/src/plan/dockerignore.ts";
import { DAEMONS, type Daemon } from "../docker/daemons.ts";
import { hasProgram, run } from "./debian-root.ts";

const [ENGINE] = DAEMONS;
const reason =
  ENGINE?.missing() ?? (hasProgram("docker", "buildx", "version") ? undefined : "needs docker buildx");
const FILES = [
  ...[
    "#hash",
    "!bang",
    ".hidden/7",
    "README-secret.md",
    "README.md",
    "sp ace",
    "top.md",
    "top.txt",
    "x[y]/9",
  ],
  ...[
    "a/1.txt",
    "a/b/2.txt",
    "a/b/c/3.txt",
    "a/b/c/top.txt",
    "d/4.md",
    "d/5.txt",
    "e.x/f/6",
    "node_modules/p/8",
  ],
];

describe.skipIf(reason !== undefined)(`.dockerignore${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let daemon: Daemon;
  let scratch: string;
  beforeAll(async () => {
    if (ENGINE === undefined) throw new Error("expected an engine to test with, found none");
    scratch = await mkdtemp(join(tmpdir(), "dockerignore-"));
    daemon = await ENGINE.start(true);
    await writeFile(join(scratch, "Dockerfile"), "FROM scratch\nCOPY . /\n");
    for (const path of FILES) {
      await mkdir(dirname(join(scratch, "context", path)), { recursive: true });
      await writeFile(join(scratch, "context", path), path);
    }
  });
  afterAll(async () => {
    await daemon?.[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true, force: true });
  }, 60_000);

  test.each([
    ...["*.txt", "**/*.txt", "/a/", "a/**/*.txt", "**/c", "a\n!a/b/2.txt", "*\n!a/b", "!top.txt\n*"],
    ...["**\n!**/*.md", "*.md\n!README*.md\nREADME-secret.md", "# c\n\\#hash", "  d  \r\n", "d/[^4].tx?"],
    ...["x\\[y\\]", "x[y]", "a/../d", "../top.txt", ".*", "*/*/*", "a**", "**b", "*/b", ".", "sp ace"],
  ])("%j", async (text) => {
    await writeFile(join(scratch, "context/.dockerignore"), text);
    await rm(join(scratch, "out"), { recursive: true, force: true });
    await run(
      "docker",
      ["buildx", "build", "--quiet", "--file", "Dockerfile", "--output", "out", "context"],
      {
        cwd: scratch,
        env: { ...process.env, DOCKER_HOST: daemon.host },
      },
    );
    const isIgnored = readDockerignore(text, ".dockerignore");
    expect(FILES.filter((path) => !isIgnored(path)).toSorted()).toEqual(
      await filesBelow(join(scratch, "out")),
    );
  });
});

async function filesBelow(directory: string): Promise<readonly string[]> {
  const items = await readdir(directory, { recursive: true, withFileTypes: true });
  return items
    .filter((item) => item.isFile() && item.name !== ".dockerignore")
    .map((item) => join(item.parentPath, item.name).slice(directory.length + 1))
    .toSorted();
}
