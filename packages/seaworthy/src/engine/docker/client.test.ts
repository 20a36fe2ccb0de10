import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectDocker, findDocker } from "./connect.ts";
import { fakeEngine, frame } from "./fake-engine.fixture.ts";

test.each([
  [{ "api-version": "1.41" }, "1.41", "docker"],
  [{ "api-version": "1.47" }, "1.47", "docker"],
  [{ "api-version": "1.99" }, "1.47", "docker"],
  [{ "api-version": "1.40", "libpod-api-version": "4.3.1" }, "1.40", "podman"],
] as const)("agrees on a version: %j", async (ping, version, flavor) => {
  await using engine = await fakeEngine({ ping, answer: (_, response) => response.end("{}") });
  using client = await engine.connect();
  expect([client.apiVersion, client.flavor]).toEqual([version, flavor]);
  await client.info();
  expect(engine.requests).toEqual([`GET /v${version}/info`]);
});

test.each<[Readonly<Record<string, string>>, string, RegExp]>([
  [{ "api-version": "1.39" }, "docker/too-old", /1\.40 or newer, found 1\.39/],
  [{}, "docker/not-an-engine", /no API version/],
  [{ "api-version": "two" }, "docker/not-an-engine", /no API version/],
])("refuses what is no engine of today: %j", async (ping, code, message) => {
  await using engine = await fakeEngine({ ping });
  await expect(engine.connect()).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
});

test("says who does not answer, and where it looked", async () => {
  const { client, reason } = await findDocker({
    env: { HOME: "/nonexistent", XDG_RUNTIME_DIR: "/nonexistent" },
  });
  if (client !== undefined) return client[Symbol.dispose]();
  expect(reason).toMatchObject({ exit: 2 });
  const given = await findDocker({ env: {}, host: "unix:///nonexistent/docker.sock" });
  expect(given.reason).toMatchObject({ code: "docker/unreachable", exit: 2 });
  expect(given.reason?.message).toContain("nobody answers at unix:///nonexistent/docker.sock (ENOENT)");
});

test("a socket that accepts and never answers is given up on", async () => {
  await using engine = await fakeEngine({});
  const path = join(engine.folder, "mute.sock");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const { reason } = await findDocker({ env: {}, host: `unix://${path}`, patience: 100 });
  expect(reason?.message).toContain("no answer within 0.1 s");
  server.close();
});

test("an abort while it looks is the caller's own", async () => {
  const signal = AbortSignal.abort(new Error("stopped by the user"));
  await using engine = await fakeEngine({});
  await expect(findDocker({ env: {}, host: engine.host, signal })).rejects.toThrow("stopped by the user");
});

test.each([
  [404, '{"message":"No such container: x"}', "docker/not-found", "No such container: x"],
  [500, '{"message":"no such container"}', "docker/not-found", "no such container"],
  [500, '{"message":"driver failed: port is already allocated"}', "docker/port-taken", "already allocated"],
  [500, '{"message":"write /x: no space left on device"}', "docker/disk-full", "no space left"],
  [500, '{"message":"container state improper"}', "docker/conflict", "state improper"],
  [409, '{"message":"name in use","response":409}', "docker/conflict", "name in use"],
  [400, "", "docker/refused", "status 400"],
  [502, "<html>bad gateway</html>", "docker/failed", "<html>bad gateway</html>"],
  [500, `{"message":${"[".repeat(20_000)}`, "docker/failed", "[[["],
  [500, "x".repeat(1_000_000), "docker/failed", "status 500"],
])("passes the engine's words on: %i %#", async (status, body, code, words) => {
  await using engine = await fakeEngine({ answer: (_, response) => response.writeHead(status).end(body) });
  using client = await engine.connect();
  const failure = client.containers.inspect("x");
  await expect(failure).rejects.toMatchObject({ code, exit: 2 });
  await expect(client.containers.inspect("x")).rejects.toThrow(words);
});

test("asks again when the process ended while Podman looked, and only then, and not for ever", async () => {
  const GONE = JSON.stringify({ message: "read /proc/4711/cgroup: no such process" });
  let bad = 2;
  await using engine = await fakeEngine({
    answer: (_, response) => (bad-- > 0 ? response.writeHead(500).end(GONE) : response.end('{"Id":"x"}')),
  });
  using client = await engine.connect();
  await expect(client.containers.inspect("x")).resolves.toEqual({ Id: "x" });
  expect(engine.requests).toHaveLength(3);
  bad = 1;
  await expect(client.containers.start("x")).rejects.toMatchObject({ code: "docker/just-ended" });
  bad = 1;
  await expect(client.containers.wait("x", { until: "next-exit" })).rejects.toMatchObject({
    code: "docker/just-ended",
  });
  bad = Number.POSITIVE_INFINITY;
  await expect(client.containers.inspect("x")).rejects.toThrow("no such process");
});

test.each<[string, (end: (text: string) => void, cut: () => void) => void, string]>([
  ["not JSON", (end) => end("<html>"), "docker/bad-answer"],
  ["truncated JSON", (end) => end('{"Id":'), "docker/bad-answer"],
  ["a connection that breaks", (_, cut) => cut(), "docker/connection"],
])("an answer that is %s is a fault", async (_, answer, code) => {
  await using engine = await fakeEngine({
    answer: (_, response) =>
      answer(
        (text) => response.end(text),
        () => {
          response.writeHead(200, { "content-length": "1000" });
          response.write('{"Id":', () => response.destroy());
        },
      ),
  });
  using client = await engine.connect();
  await expect(client.containers.inspect("x")).rejects.toMatchObject({ code, exit: 2 });
});

test("a line without an end is refused before it fills the memory", async () => {
  await using engine = await fakeEngine({
    answer: (_, response) => {
      const more = (): void => {
        while (response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      response.on("error", () => undefined);
      more();
    },
  });
  using client = await engine.connect();
  await expect(client.events().next()).rejects.toMatchObject({ code: "docker/bad-answer" });
});

test("events until the signal, which is what they end with", async () => {
  await using engine = await fakeEngine({
    answer: (_, response) => void response.write('{"Type":"container","Action":"start"}\n{"Type":"con'),
  });
  using client = await engine.connect();
  const controller = new AbortController();
  const events = client.events({ filters: { type: ["container"] }, signal: controller.signal });
  expect((await events.next()).value).toMatchObject({ Action: "start" });
  const next = events.next();
  controller.abort(new Error("enough"));
  await expect(next).rejects.toThrow("enough");
  expect(engine.requests).toEqual(["GET /v1.41/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D"]);
});

test("an attached container: output taken apart, input with its end, bytes that came with the answer", async () => {
  await using engine = await fakeEngine({
    upgrade: (_, socket) => {
      const early = frame(1, "early ");
      socket.write(
        Buffer.concat([
          Buffer.from("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n"),
          early,
        ]),
      );
      const chunks: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => chunks.push(chunk));
      socket.on("end", () => {
        const echo = frame(1, Buffer.concat(chunks).toString());
        socket.write(echo.subarray(0, 5));
        setTimeout(() => socket.end(Buffer.concat([echo.subarray(5), frame(2, "err"), frame(1, "")])), 10);
      });
    },
  });
  using client = await engine.connect();
  using attached = await client.containers.attach("x", { stdin: true });
  attached.stdin.end("hello");
  const [stdout, stderr] = await Promise.all([text(attached.stdout), text(attached.stderr)]);
  expect([stdout, stderr]).toEqual(["early hello", "err"]);
});

test.each([
  ["cut inside a frame", frame(1, "hello").subarray(0, 10)],
  ["not multiplexed at all", Buffer.from("plain text, as of a terminal")],
])("attached output that is %s is an error, not silence", async (_, bytes) => {
  await using engine = await fakeEngine({
    upgrade: (_, socket) => {
      socket.end(
        Buffer.concat([
          Buffer.from("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n"),
          bytes,
        ]),
      );
    },
  });
  using client = await engine.connect();
  using attached = await client.containers.attach("x");
  attached.stderr.on("error", () => undefined);
  await expect(text(attached.stdout)).rejects.toThrow(RangeError);
});

test("an attach that is refused says why", async () => {
  await using engine = await fakeEngine({
    upgrade: (_, socket) => {
      const body = '{"message":"container is paused"}';
      socket.end(`HTTP/1.1 409 Conflict\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    },
  });
  using client = await engine.connect();
  await expect(client.containers.attach("x")).rejects.toMatchObject({ code: "docker/conflict" });
});

test("a pull that fails half-way is a fault, though the status was 200", async () => {
  await using engine = await fakeEngine({
    answer: (_, response) =>
      response.end(
        '{"status":"Pulling","id":"a"}\n{"errorDetail":{"message":"manifest unknown"},"error":"x"}\n',
      ),
  });
  using client = await engine.connect();
  const seen: string[] = [];
  const pull = client.images.pull("registry.example/team/app:1", {
    onProgress: ({ layer, status }) => seen.push(`${layer} ${status}`),
  });
  await expect(pull).rejects.toMatchObject({ code: "docker/not-found" });
  expect(seen).toEqual(["a Pulling"]);
  expect(engine.requests).toEqual([
    "POST /v1.41/images/create?fromImage=registry.example%2Fteam%2Fapp&tag=1",
  ]);
});

test("nobody there any more is said as that", async () => {
  const engine = await fakeEngine({});
  using client = await engine.connect();
  await engine[Symbol.asyncDispose]();
  await expect(client.info()).rejects.toMatchObject({ code: "docker/unreachable", exit: 2 });
});

test("connectDocker prefers the reason of one that is there to that of one that is not", async () => {
  await using engine = await fakeEngine({ ping: { "api-version": "1.30" } });
  await expect(connectDocker({ env: {}, host: engine.host })).rejects.toMatchObject({
    code: "docker/too-old",
  });
});

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of stream) chunks.push(chunk.toString());
  return chunks.join("");
}
