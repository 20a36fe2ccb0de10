import { createServer } from "node:net";
import { expect, test } from "vitest";
import { isListenedToBy, listeningInodes } from "./listeners.ts";

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 0 100 0 0 10 0
   1: 0100007F:1F40 0100007F:9C4A 01 00000000:00000000 00:00000000 00000000     0        0 22222 1 0 20 4 30 10 -1
   2: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 33333 1 0 100 0 0 10 0
`;

test.each([
  [8000, ["12345"]],
  [5432, ["33333"]],
  [40010, []],
  [1, []],
])("port %i is listened to by %j", (port, inodes) => {
  expect(listeningInodes(TABLE, port)).toEqual(inodes);
});

test("our own listener is ours, and nobody else's", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect(await isListenedToBy(process.pid, port)).toBe(true);
  expect(await isListenedToBy(1, port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
});
