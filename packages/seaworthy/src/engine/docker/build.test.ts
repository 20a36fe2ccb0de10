import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readTar } from "../../tar/read.ts";
import { buildWithDocker } from "./build.ts";
import { openBuildContext } from "./build-context.ts";
import { fakeEngine } from "./fake-engine.fixture.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "context-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, content = path): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

async function contextOf(dockerfile?: string) {
  const { tar, ...context } = await openBuildContext(folder, dockerfile);
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) chunks.push(chunk);
  const archive = Buffer.concat(chunks);
  return { ...context, archive, entries: [...readTar(archive)] };
}

test("the context: names in order, root's, modes and links kept, and python's tarfile reads it alike", async () => {
  put("Dockerfile");
  put("src/b");
  put("src/a");
  put(`${"deep/".repeat(40)}file`);
  put("ünï");
  chmodSync(join(folder, "src/a"), 0o755);
  symlinkSync("../nowhere", join(folder, "src/link"));
  const { archive, entries, dockerfile, file } = await contextOf();
  expect([dockerfile, file]).toEqual(["Dockerfile", join(folder, "Dockerfile")]);
  const entryOf = (name: string) => entries.find((entry) => entry.name === name);
  expect(entryOf("src/a")).toMatchObject({ mode: 0o755, uid: 0, gid: 0 });
  expect(entryOf("src/link")).toMatchObject({ kind: "symlink", linkTarget: "../nowhere" });
  const listed = execFileSync("python3", ["-c", LIST], { input: archive }).toString().trim().split("\n");
  expect(listed).toEqual(entries.map(({ name }) => name.replace(/\/$/, "")));
  expect((await contextOf()).archive.equals(archive)).toBe(true);
});

const LIST = `
import sys, tarfile, io
sys.stdout.reconfigure(encoding="utf-8")
for entry in tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read())): print(entry.name)
`;

test("what is left out, and the folders above what is wanted after all", async () => {
  put("Dockerfile");
  put(".dockerignore", "*\n!keep/deep/file\n");
  for (const path of ["keep/deep/file", "keep/other", "node_modules/x", "keep/deep/.seaworthy/file"])
    put(path);
  expect((await contextOf()).entries.map(({ name }) => name)).toEqual([
    "keep/",
    "keep/deep/",
    "keep/deep/file",
    "Dockerfile",
  ]);
});

test("a pattern that is none is refused before anything is sent: it may be the one that keeps a secret out", async () => {
  put("Dockerfile");
  put(".dockerignore", "a\n[secrets\n");
  await expect(contextOf()).rejects.toMatchObject({ code: "plan/dockerignore", place: { line: 2 } });
});

test("a Dockerfile elsewhere comes along under a name of its own; its own ignore file comes first", async () => {
  put("docker/prod.Dockerfile", "FROM scratch");
  put("docker/prod.Dockerfile.dockerignore", "a");
  put(".dockerignore", "b");
  for (const path of ["a", "b"]) put(path);
  const inside = await contextOf("docker/prod.Dockerfile");
  expect(inside.dockerfile).toBe("docker/prod.Dockerfile");
  const names = inside.entries.map(({ name }) => name);
  expect([names.includes("a"), names.includes("b")]).toEqual([false, true]);
  const outside = mkdtempSync(join(tmpdir(), "dockerfile-"));
  writeFileSync(join(outside, "Dockerfile"), "FROM outside");
  const far = await contextOf(join(outside, "Dockerfile"));
  const sent = far.entries.find(({ name }) => name === far.dockerfile);
  expect(Buffer.from(sent?.content ?? []).toString()).toBe("FROM outside");
  rmSync(outside, { recursive: true });
});

test.each([
  ["/nonexistent", undefined, "docker/no-context"],
  ["", undefined, "docker/no-dockerfile"],
  ["", "folder", "docker/no-dockerfile"],
])("%j with %j is a fault", async (context, dockerfile, code) => {
  mkdirSync(join(folder, "folder"));
  await expect(openBuildContext(context === "" ? folder : context, dockerfile)).rejects.toMatchObject({
    code,
    exit: 3,
  });
});

describe("what the builder says", () => {
  const CLASSIC = { ping: { "api-version": "1.41", "libpod-api-version": "4.3.1" } };

  async function buildAgainst(lines: readonly object[], ping = {}) {
    put("Dockerfile", "FROM scratch\nFOO\n");
    const said: string[] = [];
    await using engine = await fakeEngine({
      ...ping,
      answer: (request, response) => {
        request.resume();
        if (request.url?.includes("/build") === true) {
          request.once("end", () => response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join("")));
        } else response.end('{"Id":"sha256:1"}');
      },
    });
    using client = await engine.connect();
    const args = new Map([
      ["A", "1"],
      ["B", undefined],
    ]);
    const build = buildWithDocker(client, { context: folder, tag: "t:1", args, target: "prod" }, (line) =>
      said.push(line),
    );
    const result = await build.catch((error: unknown) => error);
    return { said, result, request: engine.requests.find((one) => one.includes("/build")) };
  }

  test("the classic builder: steps as they come, and who built it", async () => {
    const { said, result, request } = await buildAgainst(
      [{ stream: "STEP 1/1: FROM x\n" }, { stream: "\n" }],
      CLASSIC,
    );
    expect(said).toEqual(["STEP 1/1: FROM x"]);
    expect(result).toEqual({ id: "sha256:1", builder: "classic" });
    const query = new URL(`http://x${request?.split(" ")[1]}`).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({
      version: "1",
      dockerfile: "Dockerfile",
      t: "t:1",
      target: "prod",
      buildargs: '{"A":"1"}',
    });
  });

  test("a failed step, its last output, and the line of the Dockerfile where it is named", async () => {
    const failed = await buildAgainst(
      [
        { stream: "Step 1/2 : RUN a\n" },
        { stream: "one\n" },
        { stream: "Step 2/2 : RUN b\n" },
        { stream: "two\n" },
        { error: "exit code: 7", errorDetail: { message: "exit code: 7" } },
      ],
      CLASSIC,
    );
    expect(failed.result).toMatchObject({
      code: "docker/build",
      message: 'expected to build t:1, step "RUN b", but the builder says: exit code: 7',
      hint: "It printed last:\ntwo",
      place: { file: join(folder, "Dockerfile") },
    });
    for (const message of [
      "dockerfile parse error line 2: unknown",
      "dockerfile parse error on line 2: unknown",
    ]) {
      const { result } = await buildAgainst([{ error: message }]);
      expect(result).toMatchObject({ code: "docker/build", place: { line: 2 } });
    }
  });

  test("a progress record that is none is the engine's fault", async () => {
    const { result } = await buildAgainst([
      { id: "moby.buildkit.trace", aux: "AAAA" },
      { id: "moby.buildkit.trace", aux: "Cv8=" },
    ]);
    expect(result).toMatchObject({ code: "docker/bad-answer", exit: 2 });
  });
});
