import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ComposeProject } from "./compose.ts";
import { readComposeFiles } from "./compose.ts";
import { findComposeFiles } from "./find-compose-files.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "model-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

async function read(
  files: Readonly<Record<string, string | Uint8Array>>,
  chosen?: readonly string[],
): Promise<ComposeProject> {
  write(files);
  return await readComposeFiles(await findComposeFiles({ directory: root, files: chosen }, {}), {});
}

const APP = "services:\n  app: { image: x }\n";

describe("laid over each other", () => {
  test("a value that is reset is as if it had never been written, at any depth", async () => {
    const { services } = await read(
      {
        "compose.yaml":
          "services:\n  app:\n    image: x\n    user: '1'\n    ports: ['1:1']\n    healthcheck: { test: [CMD, a], retries: 5 }\n",
        "b.yaml":
          "services:\n  app:\n    user: !reset\n    ports: !override ['2:2']\n    healthcheck: { retries: !reset null }\n",
      },
      ["compose.yaml", "b.yaml"],
    );
    const app = services.get("app");
    expect(app?.user).toBeUndefined();
    expect(app?.ports.map(({ target }) => target)).toEqual([2]);
    expect(app?.healthCheck).toMatchObject({ argv: ["a"], retries: undefined });
  });

  test("a whole service can be taken away", async () => {
    const { services } = await read(
      { "compose.yaml": `${APP}  db: { image: y }\n`, "b.yaml": "services:\n  db: !reset null\n" },
      ["compose.yaml", "b.yaml"],
    );
    expect([...services.keys()]).toEqual(["app"]);
  });

  test("what cannot be laid over is named with both files", async () => {
    const files = {
      "compose.yaml": "services:\n  app:\n    image: x\n    ports: ['1:1']\n",
      "b.yaml": "services:\n  app:\n    ports: { a: b }\n",
    };
    await expect(read(files, ["compose.yaml", "b.yaml"])).rejects.toMatchObject({
      code: "compose/merge",
      message: expect.stringMatching(/compose\.yaml/) as string,
      place: { file: join(root, "b.yaml"), line: 3 },
    });
  });

  test("the override beside the file is found, and none where files are chosen", async () => {
    const files = { "compose.yaml": APP, "compose.override.yaml": "services: { app: { user: '7' } }" };
    expect((await read(files)).services.get("app")?.user).toEqual({ user: 7, group: undefined });
    expect((await read(files, ["compose.yaml"])).services.get("app")?.user).toBeUndefined();
  });
});

describe("profiles", () => {
  const files = {
    "compose.yaml":
      "services:\n  app:\n    image: x\n    depends_on: { tool: { required: false, condition: service_started } }\n  tool: { image: y, profiles: [debug] }\n",
  };

  test("a dependency that may be missing goes with its service", async () => {
    expect((await read(files)).services.get("app")?.dependsOn).toEqual([]);
  });

  test("a service that is left out is not even read", async () => {
    const { services } = await read({
      "compose.yaml": `${APP}  tool: { image: y, profiles: [debug], env_file: none.env }\n`,
    });
    expect([...services.keys()]).toEqual(["app"]);
  });
});

describe("hostile", () => {
  test.each<[string, Readonly<Record<string, string | Uint8Array>>, string]>([
    ["an include of itself", { "compose.yaml": `include: [compose.yaml]\n${APP}` }, "compose/cycle"],
    [
      "includes in a ring",
      {
        "compose.yaml": `include: [a.yaml]\n${APP}`,
        "a.yaml": "include: [b.yaml]",
        "b.yaml": "include: [a.yaml]",
      },
      "compose/cycle",
    ],
    ["an include of a folder", { "compose.yaml": `include: [sub]\n${APP}`, "sub/x": "" }, "compose/file"],
    [
      "an include of bytes",
      { "compose.yaml": `include: [a.yaml]\n${APP}`, "a.yaml": new Uint8Array([0xff, 0xfe, 0]) },
      "compose/file",
    ],
    ["an include that is a text", { "compose.yaml": `include: a.yaml\n${APP}` }, "compose/value"],
    [
      "an include from elsewhere",
      { "compose.yaml": `include: ['https://example.org/compose.yaml']\n${APP}` },
      "compose/unsupported-key",
    ],
    [
      "an include of a file of 1 MB",
      { "compose.yaml": `include: [a.yaml]\n${APP}`, "a.yaml": "#".repeat(1024 ** 2) },
      "compose/file",
    ],
    [
      "extends across files in a ring",
      {
        "compose.yaml": "services: { app: { extends: { file: a.yaml, service: a } } }",
        "a.yaml": "services: { a: { extends: { file: compose.yaml, service: app } } }",
      },
      "compose/value",
    ],
    [
      "extends of a list",
      { "compose.yaml": "services: { app: { extends: [a], image: x } }" },
      "compose/value",
    ],
    [
      "extends of a file without services",
      { "compose.yaml": "services: { app: { extends: { file: a.yaml, service: a } } }", "a.yaml": "x: 1" },
      "compose/extends",
    ],
    ["services that are a list", { "compose.yaml": "services: [a]" }, "compose/value"],
    ["a file of variables that is a folder", { "compose.yaml": APP, ".env/x": "" }, "compose/env-file"],
  ])("%s is refused", async (_, files, code) => {
    await expect(read(files)).rejects.toMatchObject({ name: "Fault", code, exit: 3 });
  });

  test("files that include ever more files come to an end", async () => {
    const files: Record<string, string> = {
      "compose.yaml": "include: [0.yaml]\nservices: { app: { image: x } }",
    };
    for (let index = 0; index < 300; index += 1) files[`${index}.yaml`] = `include: [${index + 1}.yaml]`;
    await expect(read(files)).rejects.toMatchObject({ code: "compose/size" });
  });

  test("a long line of services that extend each other is no trouble", async () => {
    const lines = Array.from(
      { length: 1000 },
      (_, index) => `  s${index}: { extends: s${index + 1}, environment: { V${index}: x } }`,
    );
    const { services } = await read({
      "compose.yaml": `services:\n${lines.join("\n")}\n  s1000: { image: x }\n`,
    });
    expect(services.get("s0")?.environment.size).toBe(1000);
  }, 60_000);
});
