/** Start, stop and the health check of real processes: what a container's engine sees. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, get } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { freePort, run } from "./process.ts";

const DEV_SERVER = "build/dev/server.js";
const SERVER = "dist/server.js";
const HEALTHCHECK = "dist/healthcheck.js";

/** A connection that has sent nothing yet, closed after the test. */
async function open(context: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  context.after(() => socket.destroy());
  // Being cut off is what some of these tests are about.
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

test("SIGTERM ends the service with 0 within 2 s, although clients keep connections open", async (context) => {
  const port = await freePort();
  const service = run(context, DEV_SERVER, { PORT: String(port) });
  await service.prints("Server listening");

  const agent = new Agent({ keepAlive: true });
  context.after(() => agent.destroy());
  const [response] = await once(get({ port, host: "127.0.0.1", path: "/health", agent }), "response");
  response.resume();
  await once(response, "end");
  await open(context, port);

  const started = performance.now();
  service.child.kill("SIGTERM");
  assert.equal(await service.exit, 0);
  assert.ok(performance.now() - started < 2_000);
  assert.match(service.output(), /"msg":"stopped"/);
});

test("a request under way is answered after SIGTERM; one that never ends is cut off", async (context) => {
  const port = await freePort();
  const service = run(context, DEV_SERVER, { PORT: String(port) });
  await service.prints("Server listening");
  const body = '{"title":"late","body":""}';
  const finishing = await open(context, port);
  const stalling = await open(context, port);
  for (const socket of [finishing, stalling]) {
    socket.write(
      "POST /notes HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-type: application/json\r\n",
    );
    socket.write(`content-length: ${body.length}\r\n\r\n${body.slice(0, 9)}`);
    // The service has read the head of the request.
    const [interim] = await once(socket, "data");
    assert.match(String(interim), /^HTTP\/1.1 100 /);
  }

  service.child.kill("SIGTERM");
  await service.prints('"msg":"stopping"');
  finishing.write(body.slice(9));
  const [answer] = await once(finishing, "data");
  assert.match(String(answer), /^HTTP\/1.1 201 /);
  assert.equal(await service.exit, 0);
});

test("SIGTERM ends the built server with 0 while it waits for its database", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "myapp-serve-"));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "secret"), "s");
  const service = run(context, SERVER, {
    PORT: String(await freePort()),
    POSTGRES_HOST: "127.0.0.1",
    POSTGRES_PORT: String(await freePort()),
    POSTGRES_DB: "mydb",
    POSTGRES_USER: "myapp",
    POSTGRES_PASSWORD_FILE: join(folder, "secret"),
    REDIS_HOST: "127.0.0.1",
    REDIS_USERNAME: "app",
    REDIS_PASSWORD_FILE: join(folder, "secret"),
  });
  await service.prints("not ready yet");
  service.child.kill("SIGTERM");
  assert.equal(await service.exit, 0);
});

test("a missing setting ends the built server with 1 and one line of JSON, not a stack", async (context) => {
  const service = run(context, SERVER, {});
  assert.equal(await service.exit, 1);
  const line = JSON.parse(service.output());
  assert.equal(line.msg, "cannot start: POSTGRES_HOST: expected a value, found none");
});

test("a port that is taken ends the service with 1", async (context) => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  context.after(() => blocker.close());
  const { port } = blocker.address() as { port: number };
  const service = run(context, DEV_SERVER, { PORT: String(port) });
  assert.equal(await service.exit, 1);
  assert.match(service.output(), /EADDRINUSE/);
});

test("the health check passes against the running service", async (context) => {
  const env = { PORT: String(await freePort()) };
  const service = run(context, DEV_SERVER, env);
  await service.prints("Server listening");
  assert.equal(await run(context, HEALTHCHECK, env).exit, 0);
});

for (const { name, status, body } of [
  { name: "another status", status: 503, body: '{"status":"ok"}' },
  { name: "another body", status: 200, body: '{"status":"no"}' },
  { name: "a longer body", status: 200, body: '{"status":"ok"} ' },
  { name: "an empty body", status: 200, body: "" },
  { name: "an answer that never ends", status: 200, body: undefined },
]) {
  test(`the health check fails on ${name}`, async (context) => {
    const server = createServer((_, response) => {
      response.writeHead(status);
      if (body === undefined) response.write('{"status":');
      else response.end(body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    context.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as { port: number };
    assert.equal(await run(context, HEALTHCHECK, { PORT: String(port) }).exit, 1);
  });
}

test("the health check fails where nothing listens", async (context) => {
  assert.equal(await run(context, HEALTHCHECK, { PORT: String(await freePort()) }).exit, 1);
});
