import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectoryStore } from "../content/directory-store.ts";
import { readComposeFile } from "../recipe/compose.ts";
import { lockDifferences } from "./fits.ts";
import type { ImagePlan } from "./image-plan.ts";
import type { Lock } from "./lock.ts";
import { makePlan, type Plan } from "./plan.ts";
import { imageRequests } from "./request.ts";

const SERVICE = `services:
  app:
    build: .
    image: app:1
    command: [python3, -m, app]
    x-seaworthy:
      packages: [python3]
      exclude: { libnsl2: nobody calls it }
      files: { app: /app/app }
`;

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "package-plan-"));
});
afterEach(() => rm(root, { recursive: true }));

interface Made {
  readonly plan: Plan;
  readonly image: ImagePlan;
  readonly lock: Lock;
}

/** A lock as `plan` would write it, without a mirror: the packages stay on paper. */
async function planOf(
  compose: string,
  folder = "one",
  files: Readonly<Record<string, string>> = {},
): Promise<Made> {
  const directory = join(root, folder);
  for (const [path, text] of Object.entries({
    "compose.yaml": compose,
    "app/__main__.py": "print(1)\n",
    ...files,
  })) {
    await mkdir(join(directory, path, ".."), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  const project = await readComposeFile(join(directory, "compose.yaml"), {});
  const requests = await imageRequests(project);
  const lock: Lock = {
    lockVersion: 1,
    architecture: "amd64",
    images: requests.map(({ service, recipe }) => ({
      ...{ service, recipe: recipe.name, suite: recipe.suite, releases: {} },
      include: recipe.packages.flatMap((layer) => layer.include),
      exclude: Object.keys(recipe.exclude),
      layers: recipe.packages.map(({ layer }) => ({ layer, packages: [] })),
    })),
  };
  const nobody = (): never => {
    throw new Error("a plan asks nobody");
  };
  const store = new DirectoryStore(join(root, "store"));
  const plan = await makePlan(project, requests, lock, {
    debian: { store, mirrors: nobody },
    registry: nobody,
  });
  const [image] = plan.images;
  if (image === undefined) throw new Error("the project has one service");
  return { plan, image, lock };
}

test("base, runtime and app, with the service's command, account and health check", async () => {
  const check =
    "    healthcheck: { test: [CMD, python3, -m, app.check], interval: 5s }\n    ports: ['127.0.0.1:80:8000']\n";
  const { image } = await planOf(SERVICE + check);
  expect(image.layers.map((layer) => layer.name)).toEqual(["base", "runtime", "app"]);
  expect(image).toMatchObject({
    role: "app",
    recipe: "packages",
    reference: "app:1",
    accounts: [{ name: "appuser", uid: 10001, gid: 10001 }],
    config: {
      user: "10001:10001",
      command: ["python3", "-m", "app"],
      workingDirectory: "/app",
      exposedPorts: ["8000/tcp"],
      healthCheck: { argv: ["python3", "-m", "app.check"], interval: 5000 },
    },
  });
  const [part] = (await image.layers.at(-1)?.parts()) ?? [];
  expect(await part?.entries()).toMatchObject([{ path: "app/app/__main__.py", mode: 0o644, uid: 0 }]);
});

test.each(["root", "0", "0:0"])("user: %s is root, and no account is made of it", async (user) => {
  const { image } = await planOf(`${SERVICE}    user: "${user}"\n`);
  expect(image.accounts).toEqual([]);
  expect(image.config.user).toBe("0:0");
});

test.each([
  ["1234:5678", { uid: 1234, gid: 5678 }, "1234:5678"],
  ["1234", { uid: 1234, gid: 1234 }, "1234:1234"],
  ["web", { name: "web", uid: 10001 }, "10001:10001"],
])("user: %s", async (user, account, configured) => {
  const { image } = await planOf(`${SERVICE}    user: "${user}"\n`);
  expect(image.accounts).toMatchObject([account]);
  expect(image.config.user).toBe(configured);
});

test("the same recipe, lock and files give the same plan, wherever they lie and whenever they were written", async () => {
  const { plan } = await planOf(SERVICE);
  const other = await planOf(SERVICE, "two", { "README.md": "does not ship" });
  await utimes(join(root, "two/app/__main__.py"), 1, 1);
  expect(other.plan.digest).toBe(plan.digest);
});

describe("the plan is another", () => {
  test.each<[string, string, Readonly<Record<string, string>>]>([
    ["when a file changes", SERVICE, { "app/__main__.py": "print(2)\n" }],
    ["when a file comes", SERVICE, { "app/new.py": "" }],
    ["when the command changes", SERVICE.replace("-m, app]", "-m, other]"), {}],
    ["when the place of the files changes", SERVICE.replace("/app/app", "/srv"), {}],
    ["when the account changes", `${SERVICE}    user: "7:7"\n`, {}],
  ])("%s", async (_, compose, files) => {
    const before = await planOf(SERVICE);
    expect((await planOf(compose, "two", files)).plan.digest).not.toBe(before.plan.digest);
  });
});

describe("a lock says when the recipe has moved on", () => {
  test.each([
    ["a package more", ["[python3]", "[python3, python3-redis]"], /asks for package python3-redis/],
    ["a package less", ["[python3]", "[python3-redis]"], /no longer asks for package python3/],
    [
      "another suite",
      ["packages:", "suite: bookworm\n      packages:"],
      /from Debian trixie, now from bookworm/,
    ],
    ["an exclusion more", ["{ libnsl2:", "{ libdb5.3: nobody, libnsl2:"], /asks for exclusion libdb5\.3/],
  ] as const)("%s", async (_, [from, to], said) => {
    const { lock } = await planOf(SERVICE);
    await writeFile(join(root, "one/compose.yaml"), SERVICE.replace(from, to));
    const requests = await imageRequests(await readComposeFile(join(root, "one/compose.yaml"), {}));
    expect(lockDifferences(lock, requests, "amd64").join("; ")).toMatch(said);
  });
});

test("packages do not say what runs: the service must", async () => {
  await expect(planOf(SERVICE.replace(/ {4}command.*\n/, ""))).rejects.toMatchObject({
    code: "plan/no-command",
    place: { line: 2 },
  });
});

test("a secret's file never ships, not even by its name", async () => {
  const secret = `${SERVICE.replace("{ app: /app/app }", "{ secrets: /app/secrets, app: /app/app }")}
secrets:
  key: { file: secrets/key }
`;
  await expect(planOf(secret, "one", { "secrets/key": "hush" })).rejects.toMatchObject({
    code: "plan/context-missing",
    place: { line: 6 },
  });
});
