import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digestOf, hexOf } from "../../content/digest.ts";
import { connectDocker } from "./connect.ts";
import { parseImageName } from "./image-name.ts";
import { candidateEndpoints, parseAddress } from "./lookup.ts";
import { allRegistries, registryAuth } from "./registry-auth.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "docker-home-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function put(path: string, content: string): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

function putContext(config: string, name: string, host: string, tls: readonly string[] = []): void {
  const id = hexOf(digestOf(name));
  put(
    `${config}/contexts/meta/${id}/meta.json`,
    JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }),
  );
  for (const file of tls) put(`${config}/contexts/tls/${id}/docker/${file}`, file);
}

test.each([
  ["unix:///run/docker.sock", { kind: "unix", path: "/run/docker.sock" }],
  ["tcp://10.0.0.7:2375", { kind: "tcp", host: "10.0.0.7", port: 2375, base: "", tls: undefined }],
  ["tcp://10.0.0.7", { kind: "tcp", host: "10.0.0.7", port: 2375, base: "", tls: undefined }],
  ["tcp://[::1]:9/engine/", { kind: "tcp", host: "::1", port: 9, base: "/engine", tls: undefined }],
  ["http://build:80", { kind: "tcp", host: "build", port: 80, base: "", tls: undefined }],
])("address %s", (text, address) => {
  expect(parseAddress(text, undefined)).toEqual(address);
});

test("https and certificates mean TLS", () => {
  const tls = { ca: "ca", cert: "cert", key: "key", verify: true };
  expect(parseAddress("tcp://host", tls)).toMatchObject({ port: 2376, tls });
  expect(parseAddress("https://host", undefined)).toMatchObject({ port: 443, tls: { verify: true } });
});

test.each([
  ["ssh://me@host", /ssh -NL/],
  ["npipe:////./pipe/docker_engine", /DOCKER_HOST/],
  ["fd://", /DOCKER_HOST/],
  ["unix://relative", /DOCKER_HOST/],
  ["/run/docker.sock", /DOCKER_HOST/],
  ["tcp://", /DOCKER_HOST/],
  ["", /DOCKER_HOST/],
])("address %j is refused, and says what to do", (text, hint) => {
  expect(() => parseAddress(text, undefined)).toThrow(
    expect.objectContaining({
      code: "docker/address",
      exit: 3,
      hint: expect.stringMatching(hint) as string,
    }) as Error,
  );
});

describe("who is asked first", () => {
  const where = async (env: NodeJS.ProcessEnv, options: { host?: string; context?: string } = {}) =>
    (await candidateEndpoints({ env: { HOME: home, ...env }, ...options })).map(({ text }) => text);

  test("the given address, the given context, DOCKER_HOST, DOCKER_CONTEXT, the current context", async () => {
    put(".docker/config.json", '{"currentContext":"current"}');
    putContext(".docker", "current", "unix:///current.sock");
    putContext(".docker", "named", "unix:///named.sock");
    const env = { DOCKER_HOST: "unix:///host.sock", DOCKER_CONTEXT: "named" };
    expect(await where(env, { host: "unix:///given.sock", context: "named" })).toEqual([
      "unix:///given.sock",
    ]);
    expect(await where(env, { context: "current" })).toEqual(["unix:///current.sock"]);
    expect(await where(env)).toEqual(["unix:///host.sock"]);
    expect(await where({ DOCKER_CONTEXT: "named" })).toEqual(["unix:///named.sock"]);
    expect(await where({})).toEqual(["unix:///current.sock"]);
  });

  test("the usual places when nobody says anything, or says default", async () => {
    const env = { DOCKER_CONFIG: join(home, "empty"), XDG_RUNTIME_DIR: "/run/user/7" };
    const usual = [
      "unix:///var/run/docker.sock",
      "unix:///run/user/7/docker.sock",
      "unix:///run/user/7/podman/podman.sock",
      "unix:///run/podman/podman.sock",
    ];
    expect(await where(env)).toEqual(usual);
    expect(await where({ ...env, DOCKER_CONTEXT: "default" })).toEqual(usual);
  });

  test("a context's certificates", async () => {
    putContext("tls", "secure", "tcp://10.0.0.7:2376", ["ca.pem", "cert.pem", "key.pem"]);
    const [endpoint] = await candidateEndpoints({
      env: { DOCKER_CONFIG: join(home, "tls") },
      context: "secure",
    });
    expect(endpoint).toMatchObject({
      source: 'context "secure"',
      address: { tls: { ca: "ca.pem", cert: "cert.pem", key: "key.pem", verify: true } },
    });
  });

  test.each<[string, NodeJS.ProcessEnv, string]>([
    ["a context that is not there", { DOCKER_CONTEXT: "nope" }, "docker/no-such-context"],
    [
      "TLS without an authority",
      { DOCKER_HOST: "tcp://h", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/nonexistent" },
      "docker/certificates",
    ],
    ["another kind of address", { DOCKER_HOST: "ssh://h" }, "docker/address"],
  ])("%s", async (_, env, code) => {
    await expect(where(env)).rejects.toMatchObject({ code, exit: 3 });
  });

  test.each(["not json", "[]", '"text"', "null", "{"])(
    "a configuration that is %j is named",
    async (text) => {
      put("broken/config.json", text);
      const file = join(home, "broken/config.json");
      await expect(where({ DOCKER_CONFIG: dirname(file) })).rejects.toMatchObject({
        code: "docker/config",
        place: { file },
      });
    },
  );

  const cli = spawnSync("docker", ["--version"]).status === 0;
  test.skipIf(!cli)("what the docker CLI writes is what we read (needs the docker CLI)", async () => {
    const config = join(home, "cli");
    const docker = (...args: string[]): void => {
      execFileSync("docker", ["--config", config, ...args], { stdio: "ignore" });
    };
    docker("context", "create", "lab-1", "--docker", "host=tcp://10.0.0.9:2375");
    docker("context", "use", "lab-1");
    expect(await where({ DOCKER_CONFIG: config })).toEqual(["tcp://10.0.0.9:2375"]);
  });
});

describe("mutual TLS", () => {
  const openssl = spawnSync("openssl", ["version"]).status === 0;
  test.skipIf(!openssl)(
    "both sides show a certificate, or there is no connection (needs openssl)",
    async () => {
      const folder = join(home, "certificates");
      mkdirSync(folder);
      execFileSync("sh", ["-c", CERTIFICATES], { cwd: folder, stdio: "ignore" });
      const file = (name: string): Buffer => execFileSync("cat", [join(folder, name)]);
      const server = createServer(
        {
          ca: file("ca.pem"),
          cert: file("server.pem"),
          key: file("server-key.pem"),
          requestCert: true,
          rejectUnauthorized: true,
        },
        (_, response) => response.writeHead(200, { "api-version": "1.44" }).end("OK"),
      );
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
      using client = await connectDocker({ env });
      expect(client.apiVersion).toBe("1.44");
      const stranger = join(home, "stranger");
      mkdirSync(stranger);
      writeFileSync(join(stranger, "ca.pem"), file("ca.pem"));
      await expect(connectDocker({ env: { ...env, DOCKER_CERT_PATH: stranger } })).rejects.toMatchObject({
        code: "docker/connection",
      });
      writeFileSync(join(stranger, "ca.pem"), file("other.pem"));
      await expect(connectDocker({ env: { ...env, DOCKER_CERT_PATH: stranger } })).rejects.toMatchObject({
        code: "docker/connection",
      });
      server.close();
      server.closeAllConnections();
    },
  );
});

const CERTIFICATES = `set -e
for who in ca other; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $who-key.pem -out $who.pem -subj /CN=$who -days 2
done
printf 'subjectAltName=IP:127.0.0.1' >san
for who in server client; do
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $who-key.pem -out $who.csr -subj /CN=$who
  openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -out $who.pem -days 2 -extfile san
done
cp client.pem cert.pem
cp client-key.pem key.pem`;

test.each([
  ["myapp", { registry: undefined, repository: "myapp", tag: "latest", digest: undefined }],
  ["team/myapp:prod", { registry: undefined, repository: "team/myapp", tag: "prod", digest: undefined }],
  ["localhost/app", { registry: "localhost", repository: "localhost/app", tag: "latest", digest: undefined }],
  ["host:5000/a/b:1", { registry: "host:5000", repository: "host:5000/a/b", tag: "1", digest: undefined }],
  [
    "r.example/a@sha256:ab",
    { registry: "r.example", repository: "r.example/a", tag: undefined, digest: "sha256:ab" },
  ],
  ["a:1@sha256:ab", { registry: undefined, repository: "a", tag: "1", digest: "sha256:ab" }],
])("image name %s", (name, parts) => {
  expect(parseImageName(name)).toEqual(parts);
});

describe("credentials", () => {
  const INDEX = "https://index.registry.example/v1/";
  const defaultRegistry = (): Promise<string> => Promise.resolve(INDEX);
  const basic = Buffer.from("me:pass:word").toString("base64");
  const decoded = (header: string | undefined): unknown =>
    header === undefined ? undefined : JSON.parse(Buffer.from(header, "base64url").toString());
  const me = { username: "me", password: "pass:word" };

  test.each<[string, string, object, unknown]>([
    ["none", "a/b", {}, undefined],
    [
      "the default registry's",
      "a/b",
      { auths: { [INDEX]: { auth: basic } } },
      { ...me, serveraddress: INDEX },
    ],
    [
      "the default registry's, by its name",
      "registry.example/a",
      { auths: { [INDEX]: { auth: basic } } },
      { ...me, serveraddress: INDEX },
    ],
    [
      "another's",
      "host:5000/a",
      { auths: { "host:5000": { auth: basic } } },
      { ...me, serveraddress: "host:5000" },
    ],
    [
      "by an address",
      "r.example/a",
      { auths: { "https://r.example/v2/": { auth: basic } } },
      { ...me, serveraddress: "r.example" },
    ],
    ["only for others", "r.example/a", { auths: { "s.example": { auth: basic } } }, undefined],
    [
      "a token",
      "r.example/a",
      { auths: { "r.example": { auth: basic, identitytoken: "t" } } },
      { identitytoken: "t", serveraddress: "r.example" },
    ],
    ["damaged", "r.example/a", { auths: { "r.example": { auth: "%%%" } } }, undefined],
  ])("%s", async (_, name, config, expected) => {
    const source = { config, env: {}, defaultRegistry };
    expect(decoded(await registryAuth(source, parseImageName(name)))).toEqual(expected);
  });

  function helper(name: string, script: string): NodeJS.ProcessEnv {
    const file = put(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return { PATH: `${dirname(file)}:${process.env["PATH"]}` };
  }

  test("a helper is asked for the registry on its standard input", async () => {
    const env = helper(
      "lab",
      'read -r host; printf \'{"ServerURL":"%s","Username":"u","Secret":"of %s %s"}\' "$host" "$host" "$1"',
    );
    const source = { config: { credsStore: "lab", auths: { "r.example": {} } }, env, defaultRegistry };
    const credentials = { username: "u", password: "of r.example get", serveraddress: "r.example" };
    expect(decoded(await registryAuth(source, parseImageName("r.example/a")))).toEqual(credentials);
    expect(decoded(await allRegistries(source))).toEqual({ "r.example": credentials });
  });

  test("a helper that has none is no error; one that fails is, and its output stays secret", async () => {
    const ask = (name: string, env: NodeJS.ProcessEnv): Promise<unknown> =>
      registryAuth(
        { config: { credHelpers: { "r.example": name } }, env, defaultRegistry },
        parseImageName("r.example/a"),
      );
    expect(
      await ask("empty", helper("empty", "echo credentials not found in native keychain; exit 1")),
    ).toBeUndefined();
    for (const [name, script] of [
      ["bad", "echo s3cret; exit 2"],
      ["odd", 'echo \'{"Secret":"s3cret"}\''],
      ["text", "echo s3cret"],
    ] as const) {
      const failure = ask(name, helper(name, script));
      await expect(failure).rejects.toMatchObject({ code: "docker/credential-helper" });
      await expect(failure).rejects.not.toThrow("s3cret");
    }
    await expect(ask("../../bin/sh", {})).rejects.toMatchObject({ code: "docker/credential-helper" });
    await expect(ask("missing-here", {})).rejects.toMatchObject({ code: "shell/not-found" });
  });
});
