import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { httpGet, redact } from "./http.ts";

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
}

test("gives the whole body", async () => {
  const url = await serve((_, response) => response.end("whole"));
  expect(Buffer.from(await httpGet(url, { maxBytes: 100 })).toString()).toBe("whole");
});

test("a status other than 200 is named", async () => {
  const url = await serve((_, response) => response.writeHead(404).end());
  await expect(httpGet(url, { maxBytes: 100 })).rejects.toMatchObject({
    code: "net/status",
    message: /found 404/,
  });
});

test("an endless body is cut off", async () => {
  const url = await serve((_, response) => {
    const timer = setInterval(() => response.write("x".repeat(1000)), 1);
    response.on("close", () => clearInterval(timer));
  });
  await expect(httpGet(url, { maxBytes: 10_000 })).rejects.toMatchObject({ code: "net/too-large" });
});

test("a broken connection is tried once more", async () => {
  let calls = 0;
  const url = await serve((request, response) => {
    calls += 1;
    if (calls === 1) request.socket.destroy();
    else response.end("second");
  });
  expect(Buffer.from(await httpGet(url, { maxBytes: 100 })).toString()).toBe("second");
});

test("a truncated body is not taken for the whole", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("short", () => response.destroy());
  });
  await expect(httpGet(url, { maxBytes: 1000 })).rejects.toMatchObject({ code: "net/unreachable" });
});

test("silence ends in a fault", async () => {
  const url = await serve(() => undefined);
  const pending = httpGet(url, { maxBytes: 100, stallTimeout: 50 });
  await expect(pending).rejects.toMatchObject({ code: "net/unreachable", message: /stopped answering/ });
  server?.closeAllConnections();
});

test("nobody there", async () => {
  const url = await serve(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  await expect(httpGet(url, { maxBytes: 100 })).rejects.toMatchObject({
    code: "net/unreachable",
    message: /ECONNREFUSED/,
  });
});

test("messages show no credentials", () => {
  expect(redact("https://user:secret@mirror.example/a?token=b")).toBe("https://mirror.example/a");
});
