import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { covers, isLoopback, listeners, listeningSockets, processTree } from "./listeners.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const row = (local: string, state: string, inode: string): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;

test.each([
  ["loopback", "0100007F:1F40", "127.0.0.1", 8000],
  ["every address", "00000000:1538", "0.0.0.0", 5432],
  ["one address", "0500A8C0:18EB", "192.168.0.5", 6379],
  ["every address of IPv6", "00000000000000000000000000000000:1F40", "::", 8000],
  ["loopback of IPv6", "00000000000000000000000001000000:1F40", "::1", 8000],
  ["an address of IPv6", "B80D0120000000000000000001000000:0050", "2001:db8::1", 80],
  ["IPv4 in IPv6", "0000000000000000FFFF00000100007F:1F40", "127.0.0.1", 8000],
])("%s", (_, cell, address, port) => {
  expect(listeners(HEAD + row(cell, "0A", "12345"))).toEqual([{ address, port, inode: "12345" }]);
});

test("a datagram socket waits when it has no partner", () => {
  const table = HEAD + row("00000000:0035", "07", "1") + row("0100007F:0035", "01", "2");
  expect(listeners(table, "udp")).toEqual([{ address: "0.0.0.0", port: 53, inode: "1" }]);
  expect(listeners(table)).toEqual([]);
});

test.each([
  ["a connection", row("0100007F:1F40", "01", "1")],
  ["a row that is cut off", "   0: 0100007F:1F40 00000000:0000 0A"],
  ["an address of another length", row("0100:1F40", "0A", "1")],
  ["nothing", ""],
])("%s is not a listener", (_, text) => {
  expect(listeners(HEAD + text)).toEqual([]);
});

test.each([
  ["127.0.0.1", "127.0.0.1", true],
  ["127.0.0.1", "127.0.0.2", false],
  ["0.0.0.0", "127.0.0.2", true],
  ["0.0.0.0", "::1", false],
  ["::", "127.0.0.1", true],
])("a socket bound to %s answers at %s: %s", (bound, address, answers) => {
  expect(covers(bound, address)).toBe(answers);
});

test.each([
  ["127.0.0.5", true],
  ["::1", true],
  ["0.0.0.0", false],
  ["::", false],
  ["128.0.0.1", false],
])("%s is loopback: %s", (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

test.each(["127.0.0.1", "0.0.0.0"])("our own listener on %s is ours, and nobody else's", async (host) => {
  const server = await listening(host);
  const socket = { address: host, port: portOf(server) };
  expect(await listeningSockets("self", [process.pid])).toContainEqual(socket);
  expect(await listeningSockets("self", [process.ppid])).not.toContainEqual(socket);
  expect(await listeningSockets("self", [])).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
});

test("so is our own datagram socket, until it is connected to somebody", async () => {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { address, port } = socket.address();
  expect(await listeningSockets("self", [process.pid], "udp")).toContainEqual({ address, port });
  expect(await listeningSockets("self", [process.pid])).not.toContainEqual({ address, port });
  await new Promise<void>((resolve) => socket.connect(9, "127.0.0.1", resolve));
  expect(await listeningSockets("self", [process.pid], "udp")).not.toContainEqual({ address, port });
  await new Promise<void>((resolve) => socket.close(resolve));
});

test("a process's tree has its children's children, and no others", async () => {
  const child = spawn("/bin/sh", ["-c", "sleep 30 & echo $!; wait"], { stdio: ["ignore", "pipe", "ignore"] });
  const grandchild = await new Promise<string>((resolve) =>
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())),
  );
  expect(await processTree(child.pid ?? 0)).toEqual([child.pid, Number(grandchild)]);
  expect(await processTree(process.pid)).toContain(Number(grandchild));
  process.kill(Number(grandchild));
  await new Promise((resolve) => child.once("close", resolve));
  expect(await processTree(child.pid ?? 0)).toEqual([child.pid]);
});

function listening(host: string): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(0, host, () => resolve(server)));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
