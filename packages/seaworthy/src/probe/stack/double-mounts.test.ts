import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BindMount, VolumeMount } from "../../engine/container.ts";
import { doubleMounts } from "./double-mounts.ts";

let folder = "";
let live = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seaworthy-mounts-"));
  live = join(folder, "live");
  mkdirSync(live);
  writeFileSync(join(live, "precious"), "data");
  mkdirSync(join(folder, "double"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bind = (source: string, readOnly: boolean, target = "/data"): BindMount => ({
  kind: "bind",
  source,
  target,
  readOnly,
});

test("a writable folder of the host is an empty one of the same owner and mode, one for all who share it", async () => {
  chmodSync(live, 0o2750);
  const mounts = doubleMounts(join(folder, "double"));
  const [one] = await mounts.of([bind(live, false)]);
  const [other] = await mounts.of([bind(live, false, "/elsewhere")]);
  const volume = one as VolumeMount;
  expect(volume).toMatchObject({ kind: "volume", target: "/data", readOnly: false });
  expect((other as VolumeMount).source).toBe(volume.source);
  expect(readdirSync(volume.source)).toEqual([]);
  const [{ mode, uid, gid }, wanted] = [statSync(volume.source), statSync(live)];
  expect({ mode, uid, gid }).toEqual({ mode: wanted.mode, uid: wanted.uid, gid: wanted.gid });

  writeFileSync(join(volume.source, "marker"), "");
  await mounts.lose(volume);
  expect(readdirSync(volume.source)).toEqual([]);
  expect(statSync(volume.source).mode).toBe(wanted.mode);
  expect(readdirSync(live)).toEqual(["precious"]);
});

test("a volume is left to the engine to make, before and after it is lost", async () => {
  const mounts = doubleMounts(join(folder, "double"));
  const [mount] = await mounts.of([
    { kind: "volume", name: "data", source: live, target: "/data", readOnly: false },
  ]);
  const volume = mount as VolumeMount;
  expect(volume.source).toBe(join(folder, "double", "volume-data"));
  expect(existsSync(volume.source)).toBe(false);
  mkdirSync(volume.source);
  await mounts.lose(volume);
  expect(existsSync(volume.source)).toBe(false);
});

test("files and folders that are only read stay, sockets do not", async () => {
  const socket = join(folder, "daemon.sock");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const file = join(live, "precious");
  const secret = { kind: "secret", name: "key", source: file, target: "/run/secrets/key" } as const;
  const tmpfs = { kind: "tmpfs", target: "/tmp", size: 1, mode: 0o1777, exec: false } as const;
  expect(
    await doubleMounts(join(folder, "double")).of([
      bind(live, true),
      bind(file, false),
      bind(socket, false),
      secret,
      tmpfs,
    ]),
  ).toEqual([bind(live, true), bind(file, true), secret, tmpfs]);
  await new Promise((resolve) => server.close(resolve));
});
