import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import { type ComposeProject, readComposeFile, readComposeFiles } from "./compose.ts";
import { KEYS } from "./compose-keys.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "compose-"));
});
afterAll(() => rm(root, { recursive: true }));

async function read(text: string, environment: Record<string, string> = {}): Promise<ComposeProject> {
  const file = join(root, "compose.yaml");
  await writeFile(file, text);
  return await readComposeFile(file, environment);
}

/** One service `app` with these lines; the first of them is line 4. */
const service = (lines: string): string =>
  `services:\n  app:\n    image: redis:8\n    ${lines.replaceAll("\n", "\n    ")}\n`;

test("the example of this repository is read whole, without a warning", async () => {
  const file = fileURLToPath(new URL("../../../../examples/myapp/compose.yaml", import.meta.url));
  const project = await readComposeFile(file, {});
  expect(project.warnings).toEqual([]);
  expect([...project.services.keys()]).toEqual(["app", "db", "redis"]);
  expect(project.services.get("app")).toMatchObject({ readOnly: true, capDrop: ["ALL"], network: "pod" });
  for (const secret of project.secrets.values()) expect(secret.generate).toBeDefined();
});

test("the environment wins over .env, and both over nothing", async () => {
  await writeFile(join(root, ".env"), "TAG=8\nNAME=from-file\n");
  const text = "name: ${NAME}\nservices: { app: { image: 'redis:${TAG}', user: '$NONE' } }";
  await expect(read(text)).rejects.toMatchObject({ code: "compose/value", place: { line: 2 } });
  const project = await read(text, { NAME: "from-environment", NONE: "5" });
  await rm(join(root, ".env"));
  expect(project.name).toBe("from-environment");
  expect(project.services.get("app")).toMatchObject({
    image: "redis:8",
    user: { user: 5, group: undefined },
  });
});

test("env files lie below the service's own environment", async () => {
  await mkdir(join(root, "env"), { recursive: true });
  await writeFile(join(root, "env/one"), "A=1\nB=1\nC=1\n");
  await writeFile(join(root, "env/two"), "B=2\nC=2\n");
  const project = await read(
    service(
      "env_file: [env/one, env/two, { path: env/none, required: false }]\nenvironment: { C: 3, D: , H: }",
    ),
    { H: "host" },
  );
  expect(Object.fromEntries(project.services.get("app")?.environment ?? [])).toEqual({
    A: "1",
    B: "2",
    C: "3",
    D: undefined,
    H: "host",
  });
});

describe("refused with the line", () => {
  test.each([
    ["restrat: always", "compose/unknown-key", 4],
    ["user: a:b:c", "compose/value", 4],
    ["user: [1]", "compose/value", 4],
    ["user: '4294967296'", "compose/value", 4],
    ["read_only: maybe", "compose/value", 4],
    ["read_only: [true]", "compose/value", 4],
    ["privileged: 2", "compose/value", 4],
    ["cap_add:\n  - NET_ADMIN\n  - NET_ADMINN", "compose/value", 6],
    ["cap_drop: ALL", "compose/value", 4],
    ["security_opt: [no-new-privilege]", "compose/value", 4],
    ["pids_limit: many", "compose/value", 4],
    ["pids_limit: 1.5", "compose/value", 4],
    ["mem_limit: 64x", "compose/value", 4],
    ["mem_limit: 1m", "compose/value", 4],
    ["cpus: -1", "compose/value", 4],
    ["pids_limit: 5\ndeploy: { resources: { limits: { pids: 6 } } }", "compose/value", 4],
    ["deploy:\n  replicas: 2", "compose/unsupported-key", 5],
    ["deploy:\n  resources:\n    limits:\n      cpu: 1", "compose/unknown-key", 7],
    ["tmpfs: tmp", "compose/value", 4],
    ["tmpfs: [/tmp, '/x:size=big']", "compose/value", 4],
    ["tmpfs: '/x:mode=999'", "compose/value", 4],
    ["tmpfs: '/x:suid'", "compose/unsupported-key", 4],
    ["tmpfs: '/x:uid=root'", "compose/value", 4],
    ["volumes: ['data:/d']", "compose/undeclared", 4],
    ["volumes: ['a:b']", "compose/value", 4],
    ["volumes:\n  - type: npipe\n    target: /x", "compose/unsupported-key", 5],
    ["volumes: [{ type: bind, source: /a }]", "compose/value", 4],
    ["ports: ['1-2:1-3']", "compose/value", 4],
    ["ports: ['70000:80']", "compose/value", 4],
    ["ports: ['300.0.0.1:80:80']", "compose/value", 4],
    ["ports: ['localhost:80:80']", "compose/value", 4],
    ["ports: [{ target: 80, published: x }]", "compose/value", 4],
    ["secrets: [none]", "compose/undeclared", 4],
    ["secrets: [{ source: x, target: ../../etc/passwd }]", "compose/value", 4],
    ["configs: [none]", "compose/undeclared", 4],
    ["networks: [none]", "compose/undeclared", 4],
    ["network_mode: host\nnetworks: [default]", "compose/value", 4],
    ["container_name: a/b", "compose/value", 4],
    ["command: [5]", "compose/value", 4],
    ["user: 1000", "compose/value", 4],
    ["privileged: '1'", "compose/value", 4],
    ["'': x", "compose/unknown-key", 4],
    ["healthcheck: { test: [curl, x] }", "compose/value", 4],
    ["healthcheck: { test: [] }", "compose/value", 4],
    ["healthcheck: { interval: 5 }", "compose/value", 4],
    ["depends_on: [none]", "compose/value", 4],
    ["depends_on: [app]", "compose/cycle", 4],
    ["depends_on: { app: { condition: ready } }", "compose/value", 4],
    ["restart: sometimes", "compose/value", 4],
    ["restart: false", "compose/value", 4],
    ["restart: on-failure:x", "compose/value", 4],
    ["stop_signal: SIGNOPE", "compose/value", 4],
    ["stop_grace_period: 5", "compose/value", 4],
    ["command: a && b", "compose/value", 4],
    ["command: { a: b }", "compose/value", 4],
    ["working_dir: here", "compose/value", 4],
    ["environment: [=x]", "compose/value", 4],
    ["environment: x", "compose/value", 4],
    ["environment: { A: [1] }", "compose/value", 4],
    ["env_file: none.env", "compose/env-file", 4],
    ["logging: { drivers: x }", "compose/unknown-key", 4],
    ["x-seaworthy: { generate: password }", "compose/unknown-key", 4],
  ])("%s", async (lines, code, line) => {
    await expect(read(service(lines))).rejects.toMatchObject({ code, exit: 3, place: { line } });
  });

  test.each([
    ["", "compose/value", 1],
    ["services: [app]", "compose/value", 1],
    ["services:\n", "compose/value", 1],
    ["services:\n  app:\n", "compose/value", 2],
    ["services:\n  app: {}\n", "compose/value", 2],
    ["services:\n  '../x': { image: x }\n", "compose/value", 2],
    ['name: "!"\nservices: { a: { image: x } }', "compose/value", 1],
    ["include: [other.yaml]\nservices: {}", "compose/file", 1],
    ["service: {}", "compose/unknown-key", 1],
    ["services: {}\nvolumes:\n  a: { name: ../../etc }", "compose/value", 3],
    ["services: {}\nsecrets:\n  a:\n", "compose/value", 3],
    ["services: {}\nsecrets:\n  a: { file: ./s/a, x-seaworthy: { generate: pasword } }", "compose/value", 3],
    [
      "services: {}\nsecrets:\n  a: { file: ./s/a, x-seaworthy: { make: password } }",
      "compose/unknown-key",
      3,
    ],
    [
      "services:\n  a: { image: x, depends_on: [b] }\n  b: { image: x, depends_on: [c] }\n  c: { image: x, depends_on: [b] }",
      "compose/cycle",
      3,
    ],
  ])("%j", async (text, code, line) => {
    await expect(read(text)).rejects.toMatchObject({ code, exit: 3, place: { line } });
  });

  test("every key that Compose knows and we do not is named, not dropped", async () => {
    for (const key of KEYS.service.known) {
      await expect(read(service(`${key}: x`))).rejects.toMatchObject({
        code: "compose/unsupported-key",
        message: expect.stringContaining(`"${key}"`),
        hint: expect.any(String),
        place: { line: 4 },
      });
    }
  });

  test("a misspelt key comes with the right one", async () => {
    await expect(read(service("readonly: true"))).rejects.toMatchObject({
      hint: 'Did you mean "read_only"?',
    });
    await expect(read(service("cap_drp: [ALL]"))).rejects.toMatchObject({ hint: 'Did you mean "cap_drop"?' });
  });

  test("a missing file, a folder, bytes that are no text", async () => {
    await expect(readComposeFile(join(root, "none.yaml"), {})).rejects.toMatchObject({
      code: "compose/file",
    });
    await expect(readComposeFile(root, {})).rejects.toMatchObject({ code: "compose/file" });
    await writeFile(join(root, "latin1.yaml"), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    await expect(readComposeFile(join(root, "latin1.yaml"), {})).rejects.toMatchObject({
      code: "compose/file",
    });
  });
});

test("whatever stands behind a key, the answer is a project or a Fault with a line", async () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom("", "a", "a:b", "1", "1-2", "/x", "$X", "::", "=", "\0", "on-failure:"),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...KEYS.service.supported), value, async (key, content) => {
      const text = `services:\n  app:\n    image: x\n    ${key}: ${JSON.stringify(content)}\n`.replace(
        key === "image" ? "    image: x\n" : "\u0000",
        "",
      );
      try {
        await read(text);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        expect(error.place?.line).toBeGreaterThan(0);
        expect(error.exit).toBe(3);
      }
    }),
    { numRuns: 300 },
  );
});

test("what engines are left to honour or refuse", async () => {
  await writeFile(join(root, "profile.json"), '{ "defaultAction": "SCMP_ACT_ERRNO" }');
  const project = await read(
    service(
      [
        "init: true",
        "ulimits: { nofile: { soft: 1, hard: 2 }, nproc: 3 }",
        "devices: [/dev/fuse]",
        "extra_hosts: ['a=[::1]', 'b:host-gateway']",
        "networks: { default: { aliases: [x] } }",
        "ports: ['53:53/udp', 80]",
        "volumes: [/data]",
        "security_opt: [seccomp=profile.json, 'label=disable']",
        "deploy: { restart_policy: { condition: on-failure, max_attempts: 2 } }",
        "pid: service:app2",
      ].join("\n"),
    ).replace("services:", "services:\n  app2: { image: x }"),
  );
  expect(project.services.get("app")).toMatchObject({
    extras: {
      init: true,
      ulimits: [
        { name: "nofile", soft: 1, hard: 2 },
        { name: "nproc", soft: 3, hard: 3 },
      ],
      devices: [{ source: "/dev/fuse", target: "/dev/fuse", permissions: "rwm" }],
      extraHosts: [
        ["a", "::1"],
        ["b", "host-gateway"],
      ],
    },
    networks: [{ network: "default", aliases: ["x"] }],
    ports: [
      { published: 53, target: 53, protocol: "udp" },
      { published: 0, target: 80 },
    ],
    mounts: [{ kind: "scratch", target: "/data" }],
    security: { seccompProfile: '{ "defaultAction": "SCMP_ACT_ERRNO" }', others: ["label=disable"] },
    restart: { policy: "on-failure", attempts: 2 },
    pid: { share: "service:app2" },
    dependsOn: [{ service: "app2", condition: "started" }],
  });
});

test("a raw env file is taken as it is", async () => {
  await writeFile(join(root, "raw.env"), "A='x'\nB=$SET # y\n# no\n");
  const project = await read(service("env_file: [{ path: raw.env, format: raw }]"));
  expect(project.services.get("app")?.environment).toEqual(
    new Map([
      ["A", "'x'"],
      ["B", "$SET # y"],
    ]),
  );
});

test("a value comes with the file that has the last word", async () => {
  await writeFile(join(root, "over.yaml"), "services:\n  app:\n    user: '2'\n");
  const file = join(root, "compose.yaml");
  await writeFile(file, "services:\n  app:\n    image: x\n    user: '1'\n");
  const project = await readComposeFiles([file, join(root, "over.yaml")], {});
  expect(project.source(["services", "app", "user"])).toMatchObject({ file: "over.yaml", line: 3 });
  expect(project.source(["services", "app", "read_only"])).toMatchObject({ file: "compose.yaml", line: 2 });
  await writeFile(join(root, "over.yaml"), "services:\n  app:\n    read_only: 5\n");
  await expect(readComposeFiles([file, join(root, "over.yaml")], {})).rejects.toMatchObject({
    place: { file: join(root, "over.yaml"), line: 3 },
  });
});

test("what has no effect is said", async () => {
  const project = await read(
    `version: "3"\nservices:\n  app:\n    build: { context: ., args: { A: b } }\n    logging: { driver: local }\n    secrets: [{ source: s, mode: 0400 }]\nsecrets: { s: { file: ./s } }\n`,
  );
  expect(project.warnings.map(({ code, place }) => [code, place.line])).toEqual([
    ["compose/ignored-key", 1],
    ["compose/ignored-key", 4],
    ["compose/ignored-key", 6],
  ]);
});
