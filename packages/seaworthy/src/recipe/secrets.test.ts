import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ComposeProject, readComposeFile } from "./compose.ts";
import { ensureSecrets } from "./secrets.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "secrets-"));
});
afterEach(() => rm(root, { recursive: true }));

async function project(secrets: string): Promise<ComposeProject> {
  await writeFile(join(root, "compose.yaml"), `services: { a: { image: x } }\n${secrets}`);
  return await readComposeFile(join(root, "compose.yaml"), {});
}

const PAIR = `secrets:
  url: { file: ./secrets/url, x-seaworthy: { generate: "db://app:{{password}}@db/$$1" } }
  password: { file: ./secrets/password, x-seaworthy: { generate: password } }
`;
const text = (name: string): Promise<string> => readFile(join(root, "secrets", name), "utf8");
const mode = async (path: string): Promise<number> => (await stat(join(root, path))).mode & 0o777;

test("a first run makes them, closed to other users; a second changes nothing", async () => {
  expect(await ensureSecrets(await project(PAIR))).toEqual({ created: ["password", "url"] });
  const password = await text("password");
  expect(password).toMatch(/^[0-9a-f]{64}$/);
  expect(await text("url")).toBe(`db://app:${password}@db/$1`);
  expect(await mode("secrets")).toBe(0o700);
  expect(await mode("secrets/password")).toBe(0o444);
  expect((await readdir(join(root, "secrets"))).toSorted()).toEqual(["password", "url"]);

  expect(await ensureSecrets(await project(PAIR))).toEqual({ created: [] });
  expect(await text("password")).toBe(password);
});

test("a user's own secret stays and is used, without its line end", async () => {
  await mkdir(join(root, "secrets"), { mode: 0o755 });
  await writeFile(join(root, "secrets/password"), "o$&wn\n");
  expect(await ensureSecrets(await project(PAIR))).toEqual({ created: ["url"] });
  expect(await text("url")).toBe("db://app:o$&wn@db/$1");
  expect(await text("password")).toBe("o$&wn\n");
  expect(await mode("secrets")).toBe(0o700);
});

test("two runs at once agree on one password", async () => {
  const shared = await project(PAIR);
  await Promise.all([ensureSecrets(shared), ensureSecrets(shared), ensureSecrets(shared)]);
  expect(await text("url")).toBe(`db://app:${await text("password")}@db/$1`);
});

describe("refused, and nothing is made", () => {
  test.each([
    ["no file and nothing to make it", `${PAIR}  own: { file: ./own }\n`, "compose/secret-missing"],
    ["no config file", `${PAIR}configs: { c: { file: ./c } }\n`, "compose/secret-missing"],
    [
      "a circle",
      "secrets:\n  a: { file: ./s/a, x-seaworthy: { generate: '{{b}}' } }\n  b: { file: ./s/b, x-seaworthy: { generate: '{{a}}' } }\n",
      "compose/secret-cycle",
    ],
    [
      "an unknown name",
      "secrets: { a: { file: ./s/a, x-seaworthy: { generate: '{{b}}' } } }",
      "compose/undeclared",
    ],
    [
      "the project's own folder",
      "secrets: { a: { file: ./a, x-seaworthy: { generate: password } } }",
      "compose/secret-place",
    ],
    [
      "outside",
      "secrets: { a: { file: ../a, x-seaworthy: { generate: password } } }",
      "compose/secret-place",
    ],
    [
      "outside, absolute",
      "secrets: { a: { file: /a, x-seaworthy: { generate: password } } }",
      "compose/secret-place",
    ],
  ])("%s", async (_, secrets, code) => {
    await expect(ensureSecrets(await project(secrets))).rejects.toMatchObject({
      code,
      exit: 3,
      place: { file: join(root, "compose.yaml"), line: expect.any(Number) },
    });
    expect(await readdir(root)).toEqual(["compose.yaml"]);
  });

  test("a text made from a password that is gone", async () => {
    await ensureSecrets(await project(PAIR));
    await rm(join(root, "secrets/password"));
    await expect(ensureSecrets(await project(PAIR))).rejects.toMatchObject({ code: "compose/secret-stale" });
    expect(await readdir(join(root, "secrets"))).toEqual(["url"]);
  });

  test("a folder, or a link to nowhere, in the place of a file", async () => {
    await mkdir(join(root, "secrets/password"), { recursive: true });
    await expect(ensureSecrets(await project(PAIR))).rejects.toMatchObject({
      code: "compose/secret-missing",
    });
    await rm(join(root, "secrets/password"), { recursive: true });
    await symlink("/nowhere/at/all", join(root, "secrets/password"));
    await expect(ensureSecrets(await project(PAIR))).rejects.toMatchObject({ name: "Fault" });
    expect(await readdir(join(root, "secrets"))).toEqual(["password"]);
  });

  test("a file where the folder should be", async () => {
    await writeFile(join(root, "secrets"), "x");
    await expect(ensureSecrets(await project(PAIR))).rejects.toMatchObject({ name: "Fault", exit: 3 });
    expect(await readFile(join(root, "secrets"), "utf8")).toBe("x");
  });
});
