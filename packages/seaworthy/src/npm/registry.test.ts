import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseNpmrc } from "./npmrc.ts";
import { authorization, openRegistry } from "./registry.ts";

let project = "";
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "npmrc-"));
  await writeFile(
    join(project, "user"),
    "registry=https://user.example\n@s:registry=https://scope.example/npm\n",
  );
});
afterAll(() => rm(project, { recursive: true, force: true }));

describe("parseNpmrc", () => {
  it("reads keys, quotes, comments and variables as npm does", () => {
    const text =
      'registry = "https://a.example/" \n; note\n# note\na=b ; note\n//h/:_authToken=${TOKEN}\nu=${NO}${NO?}';
    expect([...parseNpmrc(text, { TOKEN: "t" })]).toEqual([
      ["registry", "https://a.example/"],
      ["a", "b"],
      ["//h/:_authToken", "t"],
      ["u", "${NO}"],
    ]);
  });
});

describe("openRegistry", () => {
  it("takes scopes, and lets variables go before files", async () => {
    const env = {
      npm_config_userconfig: join(project, "user"),
      npm_config_globalconfig: join(project, "none"),
    };
    const registry = await openRegistry(project, env);
    expect(await registry.tarballUrl("a", "1.0.0")).toBe("https://user.example/a/-/a-1.0.0.tgz");
    expect(await registry.tarballUrl("@s/b", "2.0.0")).toBe("https://scope.example/npm/@s/b/-/b-2.0.0.tgz");
    const other = await openRegistry(project, { ...env, NPM_CONFIG_REGISTRY: "https://env.example/x/" });
    expect(await other.tarballUrl("@t/c", "1.0.0")).toBe("https://env.example/x/@t/c/-/c-1.0.0.tgz");
  });
});

describe("authorization", () => {
  const config = new Map([
    ["//h.example/:_authToken", "root"],
    ["//h.example/npm/:_authToken", "path"],
    ["//b.example/:username", "u"],
    ["//b.example/:_password", Buffer.from("p").toString("base64")],
  ]);
  it.each([
    ["https://h.example/a/-/a-1.tgz", "Bearer root"],
    ["https://h.example/npm/a", "Bearer path"],
    ["https://h.example/npmx/a", "Bearer root"],
    ["https://b.example/a", `Basic ${Buffer.from("u:p").toString("base64")}`],
    ["https://other.example/npm/a", undefined],
    ["https://h.example:8443/a", undefined],
  ])("%s", (url, expected) => {
    expect(authorization(url, config)["authorization"]).toBe(expected);
  });
});
