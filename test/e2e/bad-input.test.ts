/** Wrong input ends in a clear message and the right exit code, and nothing is half-written. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Result, type Sandbox, sandbox } from "./cli.ts";

/** What every refusal has: an exit code, a message, a code to look up, and no stack trace. */
function expectRefusal({ code, stderr }: Result, exit: number, ...words: readonly (RegExp | string)[]): void {
  expect(code, stderr).toBe(exit);
  for (const word of words) expect(stderr).toMatch(word);
  expect(stderr).toMatch(/^ {2}\[[a-z]+\/[a-z-]+\]$/m);
  expect(stderr).not.toMatch(/^\s+at .*\.js:\d+/m);
}

let example: Sandbox;
let original = "";
beforeAll(async () => {
  example = await sandbox();
  original = readFileSync(join(example.project, "compose.yaml"), "utf8");
  const planned = await example.seaworthy(["plan"]);
  expect(planned.code, planned.stderr).toBe(0);
}, 120_000);
afterAll(() => example[Symbol.asyncDispose]());

describe("the project", () => {
  test("no Compose file", async () => {
    expectRefusal(await example.seaworthy(["plan", "src"]), 3, /expected a Compose file in src/);
  });

  test("an unknown key is named with its line and the key that was meant", async () => {
    await example.edit("compose.yaml", (text) => text.replace("read_only: true", "readonly: true"));
    expectRefusal(await example.seaworthy(["build"]), 3, /readonly/, /compose\.yaml:\d+/, /read_only/);
    await example.edit("compose.yaml", () => original);
  });

  test("attacks of one's own that nobody can make", async () => {
    writeFileSync(join(example.project, "attacks.ts"), "export const probes: readonly object[] = [];\n");
    const typescript = await example.seaworthy(["prove", "--probes", "attacks.ts"]);
    // Newer versions run TypeScript themselves, and find no attack in it.
    if (Number(process.versions.node.split(".")[0]) < 22) expectRefusal(typescript, 3, /22\.18/, /YAML/);
    expectRefusal(await example.seaworthy(["prove", "--probes", "no.yaml"]), 3, /no\.yaml/);
    const wrong =
      "probes: [{ id: a, claim: b, control: seccom, attack: [{ open: /x }], refused: [EPERM] }]\n";
    writeFileSync(join(example.project, "attacks.yaml"), wrong);
    expectRefusal(
      await example.seaworthy(["prove", "--probes", "attacks.yaml"]),
      3,
      /seccom/,
      /attacks\.yaml:1/,
      /Did you mean seccomp/,
    );
  });

  test("no package lock", async () => {
    const lock = readFileSync(join(example.project, "package-lock.json"));
    rmSync(join(example.project, "package-lock.json"));
    expectRefusal(await example.seaworthy(["build"]), 3, /package-lock\.json/, /npm install/);
    writeFileSync(join(example.project, "package-lock.json"), lock);
  });

  test("a package lock out of step with package.json", async () => {
    const before = readFileSync(join(example.project, "package.json"));
    await example.edit("package.json", (text) => text.replace('"fastify": "5.12.8"', '"fastify": "5.12.7"'));
    expectRefusal(await example.seaworthy(["build"]), 3, /fastify/, /5\.12\.7/, /5\.12\.8/);
    writeFileSync(join(example.project, "package.json"), before);
  });

  test("a package that wants to run code when installed is named, and the image is built without it", async () => {
    const lock = readFileSync(join(example.project, "package-lock.json"));
    await example.edit("package-lock.json", (text) =>
      text.replace('"node_modules/pino": {', '"node_modules/pino": {\n      "hasInstallScript": true,'),
    );
    const built = await example.seaworthy(["build", "--service", "app"]);
    expect(built).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/warning pino \d\S* \(install script\)/) as string,
    });
    writeFileSync(join(example.project, "package-lock.json"), lock);
  }, 60_000);

  test("a seaworthy.lock that no longer fits says what changed", async () => {
    writeFileSync(join(example.project, ".nvmrc"), "22\n");
    expectRefusal(await example.seaworthy(["build"]), 3, /Node "22"/, /plan --update/);
    writeFileSync(join(example.project, ".nvmrc"), "24\n");
  });

  test("a seaworthy.lock that was edited by hand", async () => {
    const lock = readFileSync(join(example.project, "seaworthy.lock"), "utf8");
    writeFileSync(
      join(example.project, "seaworthy.lock"),
      lock.replace(/"filename": "pool\//, '"filename": "../pool/'),
    );
    expectRefusal(await example.seaworthy(["build"]), 3, /seaworthy\.lock/);
    writeFileSync(join(example.project, "seaworthy.lock"), lock);
  });

  test("a build script that fails shows its last words, and leaves no image and no stage", async () => {
    await example.edit("src/app.ts", (text) => `${text}\nconst wrong: number = "text";\n`);
    const output = join(example.project, "image.tar");
    const failed = await example.seaworthy(["build", "-o", `docker-archive:${output}`]);
    expectRefusal(failed, 3, /build/, /TS2322/);
    expect(existsSync(output)).toBe(false);
    await example.edit("src/app.ts", (text) => text.replace('\nconst wrong: number = "text";\n', ""));
  }, 60_000);

  test.each<[string, string[], RegExp]>([
    ["an unknown command", ["shp"], /Did you mean "ship"/],
    ["an unknown option", ["build", "--outptu", "x"], /--output/],
    ["an output of no kind", ["build", "-o", "x.tar"], /oci:DIRECTORY or docker-archive:FILE/],
    ["a service that is not there", ["build", "--service", "web"], /app, db, redis/],
  ])("%s", async (_, args, words) => {
    expectRefusal(await example.seaworthy(args), 3, words);
  });
});

describe("what comes over the wire", () => {
  /** A mirror on loopback that answers what the test wants, and 404 otherwise. */
  async function mirror(
    answers: Readonly<Record<string, Buffer | string>>,
  ): Promise<{ readonly url: string } & AsyncDisposable> {
    const server = createHttpServer((request, response) => {
      const body = Object.entries(answers).find(([path]) => request.url?.endsWith(path))?.[1];
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`,
      [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
    };
  }

  const inRelease = (): string => {
    const lists = "/var/lib/apt/lists";
    const name = readdirSync(lists).find((one) => one.endsWith("_dists_bookworm_InRelease"));
    return name === undefined ? "" : readFileSync(join(lists, name), "utf8");
  };

  test.skipIf(inRelease() === "")("an InRelease that was altered (needs apt's own copy)", async () => {
    await using other = await sandbox({ cache: "fresh" });
    await using wire = await mirror({
      InRelease: inRelease().replace(/^Date: .*/m, "Date: Sat, 01 Jan 2000 00:00:00 UTC"),
    });
    const refused = await other.seaworthy(["plan", "--mirror", wire.url]);
    expectRefusal(refused, 2, /signed by a key of Debian's archive keyring/);
    expect(existsSync(join(other.project, "seaworthy.lock"))).toBe(false);
  });

  test("an InRelease without any signature", async () => {
    await using other = await sandbox({ cache: "fresh" });
    await using wire = await mirror({ InRelease: "Suite: stable\nCodename: trixie\n" });
    expectRefusal(await other.seaworthy(["plan", "--mirror", wire.url]), 2, /debian\/signature/);
  });

  test("a package that was altered, and one that the mirror no longer has", async () => {
    await using other = await sandbox({ cache: "fresh" });
    writeFileSync(
      join(other.project, "seaworthy.lock"),
      readFileSync(join(example.project, "seaworthy.lock")),
    );
    await using wire = await mirror({ ".deb": "not the package" });
    const altered = await other.seaworthy(["build", "--service", "redis", "--mirror", wire.url]);
    expectRefusal(altered, 2, /debian\/package-digest|net\/too-large/, /sha256:/);
    await using empty = await mirror({});
    const gone = await other.seaworthy(["build", "--service", "redis", "--mirror", empty.url]);
    expectRefusal(gone, 2, /dropped that version/, /plan --update/);
  });

  test("a tarball that was altered", async () => {
    await using other = await sandbox({ cache: "fresh" });
    await using wire = await mirror({ ".tgz": "not the package" });
    writeFileSync(
      join(other.project, "seaworthy.lock"),
      readFileSync(join(example.project, "seaworthy.lock")),
    );
    writeFileSync(join(other.project, ".npmrc"), `registry=${wire.url}/\n`);
    expectRefusal(await other.seaworthy(["build", "--service", "app"]), 2, /npm\/integrity/, /sha512-/);
  }, 60_000);

  test("a mirror that does not answer", async () => {
    await using other = await sandbox({ cache: "fresh" });
    expectRefusal(
      await other.seaworthy(["plan", "--mirror", `http://127.0.0.1:${example.port}/debian`]),
      2,
      /ECONNREFUSED/,
      /mirror/,
    );
  });
});

describe("the machine", () => {
  test.skipIf(!isRoot())(
    "the port is taken (needs root)",
    async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(example.port, "127.0.0.1", resolve));
      const refused = await example.seaworthy(["up"]);
      server.close();
      expectRefusal(refused, 3, new RegExp(String(example.port)), /app/);
      expect(JSON.parse((await example.seaworthy(["ps", "--json"])).stdout)).toEqual({ services: [] });
    },
    60_000,
  );

  test.skipIf(!isRoot() || spawnSync("mount", ["--version"]).status !== 0)(
    "the disk is full (needs root for a small one)",
    async () => {
      await using other = await sandbox();
      const small = join(other.project, "../small");
      execFileSync("mkdir", ["-p", small]);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "none", small]);
      try {
        writeFileSync(
          join(other.project, "seaworthy.lock"),
          readFileSync(join(example.project, "seaworthy.lock")),
        );
        const full = await other.seaworthy(["build"], { env: { SEAWORTHY_CACHE_DIR: small } });
        expectRefusal(full, 2, /no space/i);
        expect(readdirSync(join(small, "store/partial"))).toEqual([]);
      } finally {
        execFileSync("umount", [small]);
      }
    },
    60_000,
  );
});
