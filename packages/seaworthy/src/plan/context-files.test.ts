import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Entry } from "../tree/tree.ts";
import { contextEntries } from "./context-files.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "context-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, text = path): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

function read(
  files: Readonly<Record<string, string>>,
  secrets: readonly string[] = [],
): Promise<readonly Entry[]> {
  return contextEntries({
    directory: root,
    files: Object.entries(files).map(([from, to]) => ({ from, to })),
    secrets: new Set(secrets.map((path) => join(root, path))),
    place: { file: "compose.yaml", line: 7 },
  });
}

const pathsOf = (entries: readonly Entry[]): readonly string[] => entries.map((entry) => entry.path);

test("folders and single files go where they are sent", async () => {
  for (const path of ["app/main.py", "app/sub/x.py", "conf.toml", "other.txt"]) await write(path);
  expect(pathsOf(await read({ app: "/srv/app", "conf.toml": "/etc/conf.toml" }))).toEqual([
    "etc/conf.toml",
    "srv/app/main.py",
    "srv/app/sub/x.py",
  ]);
});

test("the whole context: without what .dockerignore names, histories, credentials, caches and secrets", async () => {
  const left = [
    ".git/HEAD",
    ".env",
    ".env.local",
    "secrets/key",
    "__pycache__/m.pyc",
    "m.pyc",
    "docs/a.md",
    "seaworthy.lock",
  ];
  for (const path of [...left, "main.py", ".hidden"]) await write(path);
  await write(".dockerignore", "docs\n");
  expect(pathsOf(await read({ ".": "/app" }, ["secrets/key"]))).toEqual(["app/.hidden", "app/main.py"]);
});

test("an exception of .dockerignore is found in an ignored folder", async () => {
  for (const path of ["app/a.py", "app/b.py", "c.py"]) await write(path);
  await write(".dockerignore", "*\n!app/b.py\n");
  expect(pathsOf(await read({ ".": "/app" }))).toEqual(["app/app/b.py"]);
});

test("times, umask and owner do not count, the execute bit does", async () => {
  await write("run.sh");
  await write("data");
  await chmod(join(root, "run.sh"), 0o700);
  await chmod(join(root, "data"), 0o600);
  const before = await read({ ".": "/app" });
  expect(before).toMatchObject([
    {
      path: "app/data",
      mode: 0o644,
      uid: 0,
      gid: 0,
      reason: { kind: "app", because: "placed at /app by the Compose file" },
    },
    { path: "app/run.sh", mode: 0o755 },
  ]);
  await chmod(join(root, "run.sh"), 0o777);
  await utimes(join(root, "data"), 1, 1);
  expect(await read({ ".": "/app" })).toEqual(before);
});

test("a link within the context stays a link", async () => {
  await write("app/real.py");
  await symlink("real.py", join(root, "app/alias.py"));
  expect(await read({ app: "/app" })).toMatchObject([
    { path: "app/alias.py", kind: "symlink", target: "real.py" },
    { path: "app/real.py", kind: "file" },
  ]);
});

describe("refused, with the Compose file's line", () => {
  test.each<[string, () => Promise<unknown>, string]>([
    ["a name that is not there", () => read({ ap: "/app" }), "plan/context-missing"],
    ["an empty context", () => read({ ".": "/app" }), "plan/context-missing"],
    [
      "a link that leaves the context",
      async () => {
        await symlink("../../etc/passwd", join(root, "link"));
        return await read({ ".": "/app" });
      },
      "plan/context-file",
    ],
    [
      "an absolute link",
      async () => {
        await symlink("/etc/passwd", join(root, "link"));
        return await read({ link: "/app/link" });
      },
      "plan/context-file",
    ],
    [
      "files behind a link to a folder elsewhere",
      async () => {
        await symlink("/etc", join(root, "link"));
        return await read({ "link/passwd": "/app/passwd" });
      },
      "plan/context-missing",
    ],
    [
      "two files for one place",
      async () => {
        await write("a/x");
        await write("b/x");
        return await read({ a: "/app", b: "/app" });
      },
      "plan/context-file",
    ],
    [
      "a secret by its name",
      async () => {
        await write("key");
        return await read({ key: "/app/key" }, ["key"]);
      },
      "plan/context-missing",
    ],
    [
      "a .dockerignore that is a folder",
      async () => {
        await mkdir(join(root, ".dockerignore"));
        return await read({ ".": "/app" });
      },
      "plan/context-file",
    ],
  ])("%s", async (_, act, code) => {
    await expect(act()).rejects.toMatchObject({ code, exit: 3, place: { file: "compose.yaml", line: 7 } });
  });
});
