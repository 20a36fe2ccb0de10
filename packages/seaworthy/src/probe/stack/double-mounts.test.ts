import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BindMount } from "../../engine/container.ts";
import { doubleMounts } from "./double-mounts.ts";

let folder = "";
let live = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seaworthy-mounts-"));
  live = join(folder, "live");
  mkdirSync(live);
  writeFileSync(join(live, "precious"), "data");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = { project: "my-Double", folder: "/double" };
const bind = (source: string, readOnly: boolean, target = "/data"): BindMount => ({
  kind: "bind",
  source,
  target,
  readOnly,
});

test("a writable folder of the host is a new volume of the same owner and mode, one for all who share it", async () => {
  chmodSync(live, 0o2750);
  const mounts = await doubleMounts([bind(live, false), bind(live, false, "/elsewhere")], place);
  const { uid, gid } = statSync(live);
  const owner = { uid, gid, mode: 0o2750 };
  expect(mounts).toMatchObject([
    { kind: "volume", target: "/data", readOnly: false, owner },
    { kind: "volume", target: "/elsewhere", readOnly: false, owner },
  ]);
  const [one, other] = mounts.flatMap((mount) => (mount.kind === "volume" ? [mount] : []));
  expect(one?.name).toMatch(/^my-Double_[a-zA-Z0-9_.-]+$/);
  expect([other?.name, other?.source]).toEqual([one?.name, one?.source]);
  expect(readdirSync(live)).toEqual(["precious"]);
});

test("a volume is another one, left to the engine to make", async () => {
  const volume = { kind: "volume", name: "my_data", source: live, target: "/data", readOnly: false } as const;
  expect(await doubleMounts([volume], place)).toEqual([
    { ...volume, name: "my-Double_my_data", source: "/double/my_data" },
  ]);
});

test("a folder of the host that is not there is made for the copy alone", async () => {
  expect(await doubleMounts([bind(join(folder, "missing"), false)], place)).toEqual([
    { kind: "scratch", target: "/data" },
  ]);
  expect(readdirSync(folder)).toEqual(["live"]);
});

test("files and folders that are only read stay, sockets do not", async () => {
  const socket = join(folder, "daemon.sock");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const file = join(live, "precious");
  const secret = { kind: "secret", name: "key", source: file, target: "/run/secrets/key" } as const;
  const tmpfs = { kind: "tmpfs", target: "/tmp", size: 1, mode: 0o1777, exec: false } as const;
  expect(
    await doubleMounts([bind(live, true), bind(file, false), bind(socket, false), secret, tmpfs], place),
  ).toEqual([bind(live, true), bind(file, true), secret, tmpfs]);
  await new Promise((resolve) => server.close(resolve));
});
