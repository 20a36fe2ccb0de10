/** The client's calls against real engines: what a fake on a socket cannot tell. */
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Container, ContainerImage } from "../../packages/seaworthy/src/engine/container.ts";
import { buildWithDocker } from "../../packages/seaworthy/src/engine/docker/build.ts";
import type { DockerClient } from "../../packages/seaworthy/src/engine/docker/client.ts";
import { connectDocker } from "../../packages/seaworthy/src/engine/docker/connect.ts";
import { createDockerEngine } from "../../packages/seaworthy/src/engine/docker/engine.ts";
import { removeDockerLeftovers } from "../../packages/seaworthy/src/engine/docker/leftovers.ts";
import { toCreateRequest } from "../../packages/seaworthy/src/engine/docker/to-create-request.ts";
import { createLab, type Lab, whyNotHere } from "../../packages/seaworthy/src/engine/runc/busybox.fixture.ts";
import { readTar } from "../../packages/seaworthy/src/tar/read.ts";
import { loadBusybox } from "../engine/busybox.ts";
import { DAEMONS, type Daemon, type DaemonKind } from "./daemons.ts";

describe.each(DAEMONS)("$name", (kind) => {
  const reason = whyNotHere() ?? kind.missing();
  const suite = reason === undefined ? describe : describe.skip;
  suite(reason === undefined ? "client" : `skipped: ${reason}`, () => clientSuite(kind));
});

function clientSuite(kind: DaemonKind): void {
  const isPodman = kind.name === "Podman";
  let daemon: Daemon;
  let lab: Lab;
  let client: DockerClient;
  let image: ContainerImage;
  beforeAll(async () => {
    lab = createLab();
    daemon = await kind.start();
    client = await connectDocker({ env: {}, host: daemon.host });
    image = await loadBusybox(client, lab);
  });
  afterAll(async () => {
    client?.[Symbol.dispose]();
    await daemon?.[Symbol.asyncDispose]();
    lab?.[Symbol.dispose]();
  });

  function containerOf(script: string, changes: Partial<Container> = {}): Container {
    return {
      ...{
        name: "app",
        image,
        argv: ["/bin/sh", "-c", script],
        env: new Map(),
        workingDirectory: "/",
        mounts: [],
      },
      ...{
        stopSignal: "SIGKILL",
        stopGrace: 1_000,
        user: { uid: 0, gid: 0, groups: [] },
        readOnlyRoot: false,
      },
      ...{
        noNewPrivileges: true,
        capabilities: [],
        seccomp: "default",
        systemPaths: "default",
        hostDevices: false,
      },
      ...{ network: "private", pid: "private", ipc: "private", uts: "private" },
      limits: { memory: undefined, pids: undefined, cpus: undefined, shmSize: 65536 },
      ...changes,
    };
  }

  /** Created and started; removed with the test. */
  async function started(script: string, tty = false): Promise<AsyncDisposable & { readonly id: string }> {
    const container = containerOf(script, { extras: { tty } });
    const request = toCreateRequest(container, { flavor: client.flavor, network: "none", secrets: "bind" });
    const { id } = await client.containers.create(request);
    await client.containers.start(id);
    return { id, [Symbol.asyncDispose]: () => client.containers.remove(id, { force: true, volumes: true }) };
  }

  test("an image that we wrote loads, and is what it was", async () => {
    const details = await client.images.inspect(image.reference);
    expect(details.Architecture).toBe(image.config.architecture);
    expect(details.RootFS?.Layers).toHaveLength(1);
    expect((await client.images.history(image.reference)).length).toBe(1);
    await client.images.tag(image.reference, "other.example/team/app:2");
    expect((await client.images.inspect("other.example/team/app:2")).Id).toBe(details.Id);
    await client.images.remove("other.example/team/app:2");
    await expect(client.images.inspect("other.example/team/app:2")).rejects.toMatchObject({
      code: "docker/not-found",
    });
  });

  test("a saved image can be loaded again", async () => {
    const archive = await whole(await client.images.get(image.reference));
    const loaded = await client.images.load(archive);
    expect(loaded.join()).toContain("busybox");
    expect([...readTar(archive)].map(({ name }) => name)).toContain("manifest.json");
    await expect(client.images.load(randomBytes(2048))).rejects.toMatchObject({ exit: 2 });
  });

  test("logs: both streams in order, the last lines, what follows, and their times", async () => {
    await using container = await started(
      "for i in 1 2 3; do echo out $i; echo err $i >&2; sleep 0.05; done; sleep 0.5; echo late",
    );
    const seen: string[] = [];
    for await (const { stream, data } of client.containers.logs(container.id, { follow: true })) {
      seen.push(`${stream} ${Buffer.from(data).toString()}`);
    }
    expect(seen.filter((line) => line.startsWith("stdout")).join("")).toBe(
      "stdout out 1\nstdout out 2\nstdout out 3\nstdout late\n",
    );
    expect(seen.filter((line) => line.startsWith("stderr"))).toHaveLength(3);
    const tail = await logText(container.id, { tail: 1, timestamps: true });
    expect(tail).toMatch(/^\d{4}-\d\d-\d\dT\S+ late\n$/);
  });

  test("logs of a terminal are not multiplexed", async () => {
    await using container = await started("echo hello", true);
    await client.containers.wait(container.id);
    expect(await logText(container.id, { tty: true })).toBe("hello\r\n");
  });

  test("following ends with the signal", async () => {
    await using container = await started("echo here; sleep 60");
    const controller = new AbortController();
    const logs = client.containers.logs(container.id, { follow: true, signal: controller.signal });
    expect(Buffer.from((await logs.next()).value?.data ?? []).toString()).toBe("here\n");
    const next = logs.next();
    controller.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
  });

  async function logText(
    id: string,
    options: Parameters<DockerClient["containers"]["logs"]>[1],
  ): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const { data } of client.containers.logs(id, options)) chunks.push(data);
    return Buffer.concat(chunks).toString();
  }

  test("events tell of a container's life", async () => {
    const controller = new AbortController();
    const filters = { type: ["container"] };
    const events = client.events({ filters, signal: controller.signal });
    const first = events.next();
    await using container = await started("exit 3");
    const seen = [(await first).value];
    while (!/^died?$/.test(seen.at(-1)?.Action ?? "")) seen.push((await events.next()).value);
    // Podman says it its own way.
    const actions = seen.map((event) => event?.Action.replace("died", "die"));
    expect(actions.filter((action) => ["create", "start", "die"].includes(action ?? ""))).toEqual([
      "create",
      "start",
      "die",
    ]);
    expect(new Set(seen.map((event) => event?.Actor.ID))).toEqual(new Set([container.id]));
    controller.abort();
    await events.return(undefined);
  });

  test("inspect, list by label, rename, top, stats, restart, stop, changes", async () => {
    await using container = await started("touch /home/made; sleep 60");
    const { containers } = client;
    expect((await containers.inspect(container.id)).State).toMatchObject({
      Running: true,
      Status: "running",
    });
    await containers.rename(container.id, "another-name");
    const filters = { name: ["another-name"] };
    expect((await containers.list({ filters })).map(({ Id }) => Id)).toEqual([container.id]);
    expect(
      (await containers.top(container.id, isPodman ? "pid,args" : "-ef")).Processes.flat().join(" "),
    ).toContain("sleep 60");
    const stats = await containers.stats(container.id, { oneShot: true });
    expect(stats.memory_stats.usage ?? 0).toBeGreaterThan(0);
    const changed = (await containers.changes(container.id)).map(({ Path, Kind }) => `${Kind} ${Path}`);
    expect(changed).toContain("1 /home/made");
    const before = (await containers.inspect(container.id)).State.Pid;
    await containers.restart(container.id, { seconds: 0 });
    expect((await containers.inspect(container.id)).State.Pid).not.toBe(before);
    await containers.stop(container.id, { seconds: 0 });
    await containers.stop(container.id, { seconds: 0 });
    expect((await containers.inspect(container.id)).State.Running).toBe(false);
  });

  test("a mebibyte file goes in and comes out again", async () => {
    await using container = await started("sleep 60");
    const content = randomBytes(1024 * 1024);
    const folder = mkdtempSync(join(tmpdir(), "archive-"));
    writeFileSync(join(folder, "file"), content);
    const tar = execFileSync("tar", ["--directory", folder, "--create", "file"], {
      maxBuffer: 4 * 1024 * 1024,
    });
    rmSync(folder, { recursive: true });
    await client.containers.putArchive(container.id, "/home", tar);
    const [entry] = readTar(await whole(await client.containers.getArchive(container.id, "/home/file")));
    expect(Buffer.from(entry?.content ?? []).equals(content)).toBe(true);
    await expect(client.containers.getArchive(container.id, "/no/such")).rejects.toMatchObject({
      code: "docker/not-found",
    });
  });

  test("volumes and networks, by label", async () => {
    const Labels = { "lab.test": "yes" };
    const filters = { label: ["lab.test=yes"] };
    await client.volumes.create({ Name: "lab-volume", Labels });
    expect((await client.volumes.list({ filters })).map(({ Name }) => Name)).toEqual(["lab-volume"]);
    await client.volumes.remove("lab-volume");
    await expect(client.volumes.inspect("lab-volume")).rejects.toMatchObject({ code: "docker/not-found" });
    const { id } = await client.networks.create({ Name: "lab-network", Internal: true, Labels });
    expect((await client.networks.list({ filters })).map(({ Name }) => Name)).toEqual(["lab-network"]);
    expect(await client.networks.inspect(id)).toMatchObject({ Internal: true });
    await client.networks.remove(id);
    await expect(client.networks.remove(id)).rejects.toMatchObject({ code: "docker/not-found" });
  });

  test("what is already there, or not there, is said in the engine's words", async () => {
    await using container = await started("sleep 60");
    await client.containers.rename(container.id, "taken");
    const request = toCreateRequest(containerOf("true"), {
      flavor: client.flavor,
      network: "none",
      secrets: "bind",
    });
    await expect(client.containers.create(request, { name: "taken" })).rejects.toMatchObject({
      exit: 2,
      message: expect.stringContaining("taken") as string,
    });
    await expect(client.containers.create({ ...request, Image: "no-such:image" })).rejects.toMatchObject({
      code: "docker/not-found",
    });
    await expect(client.images.pull("registry.invalid/none:1")).rejects.toMatchObject({ exit: 2 });
  });

  describe("builds", () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "build-"));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const build = (dockerfile: string, said: string[] = []) => {
      writeFileSync(join(folder, "Dockerfile"), dockerfile);
      const given = {
        context: folder,
        tag: "built:lab",
        args: new Map([["WORD", "given"]]),
        network: "none",
        target: "last",
      };
      return buildWithDocker(client, given, (line) => said.push(line));
    };

    test("with arguments, a target and progress", async () => {
      writeFileSync(join(folder, "file"), "content\n");
      const said: string[] = [];
      const nonce = randomBytes(4).toString("hex");
      const dockerfile = `FROM ${image.reference} AS last\nARG WORD\nCOPY file /copied\nRUN echo ${nonce} $WORD; cat /copied\nFROM last\nRUN exit 9\n`;
      const { id, builder } = await build(dockerfile, said);
      expect(builder).toBe(isPodman ? "classic" : "BuildKit");
      expect(said).toEqual(expect.arrayContaining([`${nonce} given`, "content"]));
      expect((await client.images.inspect("built:lab")).Id).toBe(id);
    });

    test("a step that fails is named, with what it printed", async () => {
      const failure = build(`FROM ${image.reference} AS last\nRUN echo the reason; exit 7\n`);
      await expect(failure).rejects.toMatchObject({
        code: "docker/build",
        message: expect.stringMatching(/step ".*RUN echo the reason; exit 7"/) as string,
        hint: expect.stringContaining("the reason") as string,
      });
    });

    test("a line that is no instruction is named", async () => {
      // Podman says which instruction, but not where.
      const place = { file: join(folder, "Dockerfile"), ...(isPodman ? {} : { line: 3 }) };
      const failure = build(`FROM ${image.reference} AS last\n\nFOO bar\n`);
      await expect(failure).rejects.toMatchObject({
        code: "docker/build",
        place,
        message: expect.stringMatching(/unknown instruction: "?FOO/i) as string,
      });
    });

    test("an abort ends it", async () => {
      const signal = AbortSignal.timeout(700);
      writeFileSync(
        join(folder, "Dockerfile"),
        `FROM ${image.reference}\nRUN echo ${Math.random()}; sleep 30\n`,
      );
      await expect(
        buildWithDocker(client, { context: folder, tag: "never:lab", network: "none", signal }),
      ).rejects.toMatchObject({ name: "TimeoutError" });
      await expect(client.images.inspect("never:lab")).rejects.toMatchObject({ code: "docker/not-found" });
    });
  });

  const cli = spawnSync("docker", ["--version"]).status === 0;
  test.skipIf(!cli)(
    "what .dockerignore leaves out is what the docker CLI leaves out (needs the docker CLI)",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "ignore-"));
      const paths = [
        "a.md",
        "README.md",
        "README-secret.md",
        "src/a.ts",
        "src/a.test.ts",
        "src/deep/b.test.ts",
        "src/deep/er/c.md",
      ];
      const more = [
        "temp1",
        "temp/x",
        "x/temp2/y",
        "x/y/temp3",
        "[odd]",
        "a+(b)",
        "ba.md",
        "node_modules/m/index.js",
        "p.q",
        "pxq",
        "#hash",
      ];
      for (const path of [...paths, ...more]) {
        mkdirSync(join(folder, dirname(path)), { recursive: true });
        writeFileSync(join(folder, path), path);
      }
      const copied = async (tag: string): Promise<readonly string[]> => {
        const { id } = await client.containers.create(
          toCreateRequest(containerOf("true"), {
            flavor: client.flavor,
            network: "none",
            secrets: "bind",
            image: tag,
          }),
        );
        const archive = await whole(await client.containers.getArchive(id, "/copied"));
        await client.containers.remove(id, { force: true });
        return [...readTar(archive)]
          .filter(({ kind }) => kind === "file")
          .map(({ name }) => name)
          .sort();
      };
      // The ignore file and the Dockerfile always travel, and only some builders take them away again.
      const always = "\nDockerfile\n.dockerignore\n";
      writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY . /copied\n");
      for (const patterns of PATTERNS) {
        writeFileSync(join(folder, ".dockerignore"), patterns + always);
        await buildWithDocker(client, { context: folder, tag: "ours:lab" });
        execFileSync("docker", ["--host", daemon.host, "build", "--quiet", "--tag", "theirs:lab", "."], {
          cwd: folder,
          env: { ...process.env, DOCKER_BUILDKIT: "0" },
          stdio: ["ignore", "ignore", "pipe"],
        });
        const names = (list: readonly string[]) =>
          list.filter((name) => !/\/(Dockerfile|\.dockerignore)$/.test(name));
        expect(names(await copied("ours:lab")), JSON.stringify(patterns)).toEqual(
          names(await copied("theirs:lab")),
        );
      }
      rmSync(folder, { recursive: true });
    },
    120_000,
  );

  test("leftovers of a lost owner are removed, images made for it included, and only they", async () => {
    const plant = [{ path: "/.planted", content: Buffer.from("x"), mode: 0o755, uid: 0, gid: 0 }];
    const network = { kind: "private" } as const;
    const mine = createDockerEngine({ client, project: "kept" });
    const lost = createDockerEngine({ client, project: "lost" });
    const images = async (): Promise<readonly string[]> =>
      (await client.images.list()).map(({ Id }) => Id).sort();
    const before = await images();
    await using kept = await mine.start(containerOf("sleep 60"), { network });
    const gone = await lost.start(containerOf("sleep 60"), { network, plant });
    expect((await images()).length).toBe(before.length + 1);
    expect(await removeDockerLeftovers(client, "lost")).toBe(2);
    expect(await images()).toEqual(before);
    expect((await gone.exited).code).not.toBe(0);
    expect((await kept.exec(["/bin/true"])).code).toBe(0);
    await gone[Symbol.asyncDispose]();
    await lost[Symbol.asyncDispose]();
  });

  test("disposing the engine removes the images it made for planted files", async () => {
    const images = async (): Promise<number> => (await client.images.list()).length;
    const before = await images();
    const engine = createDockerEngine({ client, project: "planting" });
    const plant = [{ path: "/.planted", content: Buffer.from("x"), mode: 0o755, uid: 0, gid: 0 }];
    for (let times = 0; times < 2; times += 1) {
      await using running = await engine.start(containerOf("true"), { network: { kind: "private" }, plant });
      await running.exited;
    }
    expect(await images()).toBe(before + 1);
    await engine[Symbol.asyncDispose]();
    expect(await images()).toBe(before);
  });

  describe("an engine behind a TCP port counts as one that is elsewhere", () => {
    let server: Server;
    let far: DockerClient;
    beforeAll(async () => {
      const path = daemon.host.slice("unix://".length);
      server = createServer({ allowHalfOpen: true }, (socket) => {
        const inner = connect({ path, allowHalfOpen: true });
        socket.pipe(inner).pipe(socket);
        for (const end of [socket, inner]) end.on("error", () => void (socket.destroy(), inner.destroy()));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("expected a port");
      far = await connectDocker({ env: { DOCKER_HOST: `tcp://127.0.0.1:${address.port}` } });
    });
    afterAll(() => {
      far?.[Symbol.dispose]();
      server?.close();
    });

    test("secrets are copied in, readable and root's", async () => {
      const source = join(lab.folder, "far-secret");
      writeFileSync(source, "s3cret", { mode: 0o600 });
      await using engine = createDockerEngine({ client: far, project: "far" });
      expect((await engine.facts()).local).toBe(false);
      const script =
        "cat /run/secrets/s; stat -c '%a %u' /run/secrets/s; echo x 2>/dev/null >/run/secrets/s || echo refused";
      const container = containerOf(script, {
        ...{ user: { uid: 10001, gid: 10001, groups: [] }, readOnlyRoot: true },
        mounts: [{ kind: "secret", name: "s", source, target: "/run/secrets/s" }],
      });
      await using running = await engine.start(container, { network: { kind: "private" } });
      expect((await whole(running.stdout as AsyncIterable<Uint8Array>)).toString()).toBe(
        "s3cret444 0\nrefused\n",
      );
    });

    test("a time-out of an exec still ends its process, from within", async () => {
      await using engine = createDockerEngine({ client: far, project: "far" });
      await using running = await engine.start(containerOf("sleep 60", { capabilities: ["KILL"] }), {
        network: { kind: "private" },
      });
      expect(await running.exec(["/bin/sleep", "51"], { timeout: 300 })).toMatchObject({ timedOut: true });
      const left = await running.exec(["/bin/sh", "-c", "cat /proc/[0-9]*/cmdline"]);
      expect(Buffer.from(left.stdout).toString()).not.toContain("sleep\x0051");
    });
  });
}

const PATTERNS = [
  "",
  "*.md\n!README*.md\nREADME-secret.md",
  "*\n!src\n**/*.test.ts",
  "*/temp*\n*/*/temp*",
  "temp?\n/node_modules/\n",
  "**/*.md\n!src/deep/er/c.md",
  "src/**/b.test.ts\nx/**\n",
  "\\[odd]\na+(b)\np.q\n\\#hash",
  "# a.md\n  a.md  \n",
  "**\n!src/deep",
  "[a-b]*.md",
];

async function whole(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}
