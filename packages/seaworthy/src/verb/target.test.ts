import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type FakeEngine, fakeEngine } from "../engine/docker/fake-engine.fixture.ts";
import { SILENT } from "../progress/progress.ts";
import { check } from "./check.ts";
import { targetOf } from "./target.ts";
import { targetProject } from "./target-project.ts";
import type { ProjectOptions, VerbIo } from "./verb.ts";

let here = "";
const home = process.cwd();
beforeAll(() => {
  here = mkdtempSync(join(tmpdir(), "target-"));
});
afterAll(() => {
  process.chdir(home);
  rmSync(here, { recursive: true, force: true });
});

const FILES = {
  "shop/compose.yaml": "services: { app: { image: a } }\n",
  "shop/Dockerfile": "FROM scratch\n",
  "other/podman.yml": "services: { app: { image: a } }\n",
  "built/Dockerfile": "FROM scratch\n",
  "contained/Containerfile": "FROM scratch\n",
  "built/Dockerfile.dev": "FROM scratch\n",
  "empty/notes.txt": "",
  "named/.env": "COMPOSE_FILE=odd.yaml\n",
  "named/odd.yaml": "services: { app: { image: a } }\n",
  "named/Dockerfile": "FROM scratch\n",
  "saved.tar": "",
  "layout/oci-layout": "{}",
  "lay:out/oci-layout": "{}",
  nginx: "FROM scratch\n",
};

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(join(here, name, ".."), { recursive: true });
    writeFileSync(join(here, name), text);
  }
  process.chdir(here);
});

const io = (env: VerbIo["env"] = {}): VerbIo => ({
  ...{ progress: SILENT, signal: new AbortController().signal, env, now: () => new Date(0) },
  warn: () => undefined,
});
const PROJECT = { kind: "project" };

describe("what a word means", () => {
  test.each<[string, object]>([
    ["shop", PROJECT],
    ["shop/compose.yaml", PROJECT],
    ["other/podman.yml", PROJECT],
    ["named", PROJECT],
    ["built", { kind: "dockerfile", file: "built/Dockerfile" }],
    ["contained", { kind: "dockerfile", file: "contained/Containerfile" }],
    ["built/Dockerfile.dev", { kind: "dockerfile", file: "built/Dockerfile.dev" }],
    ["nginx", { kind: "dockerfile", file: "nginx" }],
    ["image:nginx", { kind: "image", name: "nginx" }],
    ["container:shop", { kind: "container", name: "shop" }],
    ["nginx:1.27", { kind: "name", name: "nginx:1.27" }],
    ["team/app", { kind: "name", name: "team/app" }],
    ["registry.example:5000/team/app:1@sha256:" + "a".repeat(64), { kind: "name" }],
    ["My_App", { kind: "name", name: "My_App" }],
    ["saved.tar", { kind: "archive", path: "saved.tar", isFolder: false }],
    ["saved.tar:1.2", { kind: "archive", path: "saved.tar", image: "1.2" }],
    ["saved.tar:team/app:1.2", { kind: "archive", path: "saved.tar", image: "team/app:1.2" }],
    ["docker-archive:saved.tar", { kind: "archive", path: "saved.tar" }],
    ["oci-archive:nginx:1.2", { kind: "archive", path: "nginx", image: "1.2" }],
    ["layout", { kind: "archive", path: "layout", isFolder: true }],
    ["layout/", { kind: "archive", path: "layout/", isFolder: true }],
    ["layout:1.2", { kind: "archive", path: "layout", isFolder: true, image: "1.2" }],
    ["oci:layout:1.2", { kind: "archive", path: "layout", image: "1.2" }],
    ["oci:lay:out", { kind: "archive", path: "lay:out", isFolder: true }],
    // A folder that is none, and a word that is an image's name.
    ["shop:1.2", { kind: "name", name: "shop:1.2" }],
  ])("%s", async (directory, meant) => {
    expect(await targetOf({ directory }, {})).toMatchObject(meant);
  });

  test("files that are named are files of the folder", async () => {
    expect(await targetOf({ directory: "built", files: ["x.yaml"] }, {})).toEqual(PROJECT);
  });
});

describe("what is nothing, or no name, is said without asking an engine", () => {
  let engine: FakeEngine;
  beforeEach(async () => {
    engine = await fakeEngine({ answer: (_, response) => response.writeHead(500).end("{}") });
  });
  afterEach(() => engine[Symbol.asyncDispose]());

  test.each([
    ["./nope", "target/nothing"],
    ["../nope", "target/nothing"],
    ["/nope/nope", "target/nothing"],
    ["~nobody/x", "target/nothing"],
    ["shop/nope", "target/nothing"],
    ["nginx/nope", "target/nothing"],
    ["nope/", "target/nothing"],
    ["nope.yaml", "target/nothing"],
    ["nope.tar", "target/nothing"],
    ["Dockerfile", "target/nothing"],
    ["two words", "target/nothing"],
    ["", "target/nothing"],
    ["team/App", "target/nothing"],
    ["x".repeat(5000) + "/", "target/nothing"],
    ["docker-archive:nope.tar", "target/nothing"],
    ["docker-archive:shop", "target/nothing"],
    ["oci:saved.tar", "target/nothing"],
    ["oci:nope:1", "target/nothing"],
    ["oci:shop", "target/nothing"],
    ["oci:", "target/nothing"],
    ["oci-archive:layout", "target/nothing"],
    ["image:", "target/name"],
    ["image:a b", "target/name"],
    ["image:../x", "target/name"],
    ["image:a/../x", "target/name"],
    ["image:a//x", "target/name"],
    ["container:a/b", "target/name"],
    ["container:", "target/name"],
    ["empty", "compose/file"],
    ["/dev/null", "target/no-file"],
  ])("%s", async (directory, code) => {
    const env = { DOCKER_HOST: engine.host, HOME: engine.folder };
    await expect(targetProject({ directory }, io(env))).rejects.toMatchObject({ code, exit: 3 });
    await expect(check({ directory }, io(env))).rejects.toMatchObject({ code, exit: 3 });
    expect(engine.requests).toEqual([]);
  });

  test("a socket", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen("socket", resolve));
    await expect(targetOf({ directory: "socket" }, {})).rejects.toMatchObject({ code: "target/no-file" });
    server.close();
  });
});

const PROFILE = '{"defaultAction":"SCMP_ACT_ERRNO"}';
const IMAGE = { Id: "sha256:1", Config: { User: "7" } };
const WEB = {
  ...{ Id: "1", Name: "/web", Image: "sha256:1" },
  Config: { Image: "team/web:1", User: "7", Env: ["A=$b"] },
  HostConfig: {
    ...{ NetworkMode: "shop", ReadonlyRootfs: true, SecurityOpt: [`seccomp=${PROFILE}`] },
    PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }] },
  },
  Mounts: [
    { Type: "bind", Source: "/srv", Destination: "/srv", RW: true },
    { Type: "volume", Name: "kept", Source: "", Destination: "/data", RW: true },
  ],
  NetworkSettings: { Networks: { shop: {}, open: {} } },
};
const OBJECTS: Readonly<Record<string, object>> = {
  "/containers/web/json": WEB,
  "/containers/cafe/json": { ...WEB, Name: "/other" },
  "/containers/moved/json": { ...WEB, Name: "/moved", Config: { ...WEB.Config, Image: "team/other:1" } },
  "/images/sha256%3A1/json": IMAGE,
  "/images/team/web%3A1/json": IMAGE,
  "/images/team/other%3A1/json": { ...IMAGE, Id: "sha256:2" },
  "/images/cafe/json": IMAGE,
  "/images/web/json": IMAGE,
  "/networks/shop": { Name: "shop", Internal: true },
  "/networks/open": { Name: "open", Internal: false },
  "/info": {},
};
const REFUSED: Readonly<Record<string, string>> = {
  "secret/app": "pull access denied for secret/app, repository does not exist",
  "far/app": "dial tcp: lookup registry: no such host",
};

describe("of a name", () => {
  let engine: FakeEngine;
  let env: VerbIo["env"] = {};
  beforeEach(async () => {
    engine = await fakeEngine({
      answer(request, response) {
        const url = new URL(request.url ?? "", "http://engine");
        const path = url.pathname.replace(/^\/v[\d.]+/, "");
        const refused = REFUSED[url.searchParams.get("fromImage") ?? ""];
        if (path === "/images/create" && refused === undefined) response.end('{"status":"Pulled"}\n');
        else if (path === "/images/create") response.end(`${JSON.stringify({ error: refused })}\n`);
        else if (OBJECTS[path] !== undefined) response.end(JSON.stringify(OBJECTS[path]));
        else response.writeHead(404).end('{"message":"no such thing"}');
      },
    });
    env = { DOCKER_HOST: engine.host, HOME: engine.folder, COMPOSE_PROJECT_NAME: "mine" };
  });
  afterEach(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(join(here, ".seaworthy"), { recursive: true, force: true });
  });
  const made = async (directory: string) => {
    const asked: ProjectOptions = { directory };
    const { options, written } = await targetProject(asked, io(env));
    const text = readFileSync(join(options.directory, "compose.yaml"), "utf8");
    return { options, written, text, compose: parse(text) as Record<string, Record<string, object>> };
  };
  const pulls = (): readonly string[] => engine.requests.filter((one) => one.startsWith("POST"));

  test("a container comes before an image, and its copy takes nothing away from it", async () => {
    const { options, written, compose, text } = await made("web");
    expect(written).toEqual({ folder: ".seaworthy/web", of: "the container web" });
    expect(options).toMatchObject({ directory: ".seaworthy/web", files: ["compose.yaml"] });
    expect(options.projectName).toMatch(/^seaworthy-web-[0-9a-f]{6}$/);
    expect(compose).toMatchObject({
      name: options.projectName,
      services: {
        web: {
          ...{ image: "team/web:1", read_only: true, networks: ["shop", "open"], environment: ["A=$$b"] },
          volumes: [
            { type: "bind", source: "/srv", read_only: true },
            { type: "volume", source: "kept" },
          ],
        },
      },
    });
    expect(text).not.toContain("8080");
    expect(text).toMatch(/- 127\.0\.0\.1:\d+:80\n/);
    expect(compose["networks"]).toEqual({ shop: { internal: true }, open: {} });
    expect(compose["volumes"]).toEqual({ kept: {} });
    expect(readFileSync(join(options.directory, "seccomp.web.json"), "utf8")).toBe(PROFILE);
    expect(statSync(options.directory).mode & 0o777).toBe(0o700);
    expect(pulls()).toEqual([]);
  });

  test("the image is the one that it was made of, whatever has its name now", async () => {
    const { compose } = await made("container:moved");
    expect(compose["services"]?.["moved"]).toMatchObject({ image: "sha256:1" });
  });

  test("what only begins like a container's id is no container", async () => {
    expect((await made("cafe")).written?.of).toBe("the image cafe");
    expect((await made("image:web")).written?.of).toBe("the image web");
    expect((await made("container:cafe")).written?.of).toBe("the container cafe");
  });

  test("an image that the engine does not have is pulled, and nothing is declared for it", async () => {
    const { written, compose } = await made("registry.example/team/App.Web:1.27".toLowerCase());
    expect(written?.folder).toBe(".seaworthy/registry.example-team-app.web-1.27");
    expect(compose["services"]).toEqual({ "app-web": { image: "registry.example/team/app.web:1.27" } });
    expect(pulls()).toHaveLength(1);
  });

  test.each([
    ["secret/app", "target/unknown", 3],
    ["far/app", "docker/failed", 2],
    ["container:nope", "target/unknown", 3],
    ["No_Image", "target/unknown", 3],
    ["exampels", "target/unknown", 3],
  ])("%s: nothing of that name, and nothing is written", async (directory, code, exit) => {
    await expect(targetProject({ directory }, io(env))).rejects.toMatchObject({
      ...{ code, exit, message: expect.stringMatching(/^expected .* called .*, found none/) },
      hint: expect.stringContaining("docker images"),
    });
    expect(() => statSync(join(here, ".seaworthy"))).toThrow();
  });

  test.each(["nope", "image:nope", "container:nope"])("check %s pulls nothing", async (directory) => {
    await expect(check({ directory }, io(env))).rejects.toMatchObject({ code: "target/unknown", exit: 3 });
    expect(pulls()).toEqual([]);
  });

  test("check of a container judges what it has from its image, too, and leaves no file", async () => {
    const { files, findings } = await check({ directory: "web" }, io(env));
    expect(files).toEqual(["container web"]);
    const verdict = (id: string) => findings.find((one) => one.id === `${id}.compose/web`)?.verdict;
    expect(["read-only-root", "host-paths", "non-root"].map(verdict)).toEqual([
      "held",
      "breached",
      "breached",
    ]);
    expect(findings.filter(({ source }) => source !== undefined)).toEqual([]);
    expect(() => statSync(join(here, ".seaworthy"))).toThrow();
  });

  test("what it wrote is written anew, what the user changed is not", async () => {
    await made("web");
    const { options } = await made("web");
    for (const name of ["compose.yaml", "seccomp.web.json"]) {
      const file = join(options.directory, name);
      const text = readFileSync(file, "utf8");
      writeFileSync(file, `${text}\n`);
      await expect(targetProject({ directory: "web" }, io(env))).rejects.toMatchObject({
        ...{ code: "target/changed", exit: 3 },
        hint: expect.stringContaining("seaworthy prove .seaworthy/web"),
      });
      expect(readFileSync(file, "utf8")).toBe(`${text}\n`);
      writeFileSync(file, text);
    }
    writeFileSync(join(options.directory, ".written.json"), "no notes");
    await expect(targetProject({ directory: "web" }, io(env))).rejects.toMatchObject({
      code: "target/changed",
    });
  });

  test("a Dockerfile is built in its folder, by its own builder", async () => {
    const { options, compose } = await made("built/Dockerfile.dev");
    expect(options).toMatchObject({ dockerfile: true, directory: ".seaworthy/built-Dockerfile.dev" });
    expect(compose["services"]).toEqual({
      "built-dockerfile-dev": { build: { context: "../../built", dockerfile: "Dockerfile.dev" } },
    });
    expect((await made("built")).written).toEqual({
      folder: ".seaworthy/built",
      of: "what built/Dockerfile builds",
    });
  });

  test("a folder with a Compose file is what it was", async () => {
    expect(await targetProject({ directory: "shop" }, io(env))).toEqual({ options: { directory: "shop" } });
    expect(engine.requests).toEqual([]);
  });

  test("an archive is no stack", async () => {
    await expect(targetProject({ directory: "saved.tar" }, io(env))).rejects.toMatchObject({
      code: "target/archive",
    });
  });

  test.each(["built", "web", "image:web"])("%s is nothing for runc", async (directory) => {
    const asked = targetProject({ directory, engine: "runc" }, io(env));
    await expect(asked).rejects.toMatchObject({ code: "target/engine", exit: 3 });
    const set = targetProject({ directory }, io({ ...env, SEAWORTHY_ENGINE: "runc" }));
    await expect(set).rejects.toMatchObject({ code: "target/engine" });
  });
});

test.each([
  ["nope", "target/unknown", 3],
  ["image:nope", "docker/unreachable", 2],
  ["container:nope", "docker/unreachable", 2],
  ["built", "docker/unreachable", 2],
])("%s where no engine answers", async (directory, code, exit) => {
  const env = { DOCKER_HOST: `unix://${join(here, "no.sock")}`, HOME: here };
  await expect(targetProject({ directory }, io(env))).rejects.toMatchObject({ code, exit });
});
