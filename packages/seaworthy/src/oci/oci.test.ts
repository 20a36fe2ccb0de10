import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gzip } from "../codec/gzip.ts";
import { digestOf } from "../content/digest.ts";
import { DirectoryStore } from "../content/directory-store.ts";
import { TAR_END, writeEntry } from "../tar/write.ts";
import type { Entry, Reason } from "../tree/tree.ts";
import { assembleImage } from "./assemble.ts";
import { writeDockerArchive } from "./docker-archive.ts";
import type { Image, ImageConfig, Layer } from "./image.ts";
import { tagOf } from "./layout.ts";
import { writeOciLayout } from "./layout-write.ts";
import { LAYER_MEDIA_TYPE } from "./media-type.ts";
import { unpackLayer } from "./unpack.ts";
import { validateImage } from "./validate.ts";

let root = "";
let store = new DirectoryStore("");
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "oci-"));
  store = new DirectoryStore(join(root, "store"));
});
afterEach(() => rmSync(root, { recursive: true }));

const isRoot = process.getuid?.() === 0;
const has = (tool: string): boolean => spawnSync(tool, ["--version"]).status === 0;
const reason: Reason = { kind: "rule", origin: "test", because: "test" };
const file = (path: string, mode = 0o644): Entry => ({
  ...{ kind: "file", path, mode, uid: isRoot ? 12 : 0, gid: 0, reason },
  content: Buffer.from(`content of ${path}`),
});
const directory = (path: string, mode = 0o755): Entry => ({
  kind: "directory",
  path,
  mode,
  uid: 0,
  gid: 0,
  reason,
});
const link = (path: string, target: string): Entry => ({
  kind: "symlink",
  path,
  target,
  uid: 0,
  gid: 0,
  reason,
});

const CONFIG: ImageConfig = {
  architecture: "amd64",
  user: "10001:10001",
  env: [["PATH", "/usr/bin"]],
  entrypoint: ["/usr/bin/service"],
  command: ["--port", "8000"],
  workingDirectory: "/app",
  exposedPorts: ["8000/tcp"],
  volumes: [],
  stopSignal: "SIGTERM",
  healthCheck: {
    argv: ["node", "check.js"],
    interval: 3000,
    timeout: 2000,
    startPeriod: 1000,
    startInterval: 500,
    retries: 3,
  },
  labels: [["org.opencontainers.image.title", "test"]],
  created: "1980-01-01T00:00:00Z",
};

async function layerOf(entries: readonly Uint8Array[], name = "base"): Promise<Layer> {
  const plain = Buffer.concat([...entries, TAR_END]);
  const { digest, size } = await store.write(await gzip(plain));
  const common = {
    mediaType: LAYER_MEDIA_TYPE,
    digest,
    size,
    diffId: digestOf(plain),
    unpackedSize: plain.length,
  };
  return { ...common, name, createdBy: "test", listing: digestOf("") };
}

async function image(): Promise<Image> {
  const base = [directory("etc"), file("etc/passwd"), directory("tmp", 0o1777), link("bin", "usr/bin")];
  const app = [directory("app"), file("app/run", 0o755)];
  const layers = [await layerOf(base.map(writeEntry)), await layerOf(app.map(writeEntry), "app")];
  return await assembleImage(store, { reference: "example/service:1.2", config: CONFIG, layers });
}

test("an assembled image has no problem, and a damaged one has", async () => {
  const good = await image();
  expect(await validateImage(store, good)).toEqual([]);
  const [base] = good.layers as [Layer];
  expect(await validateImage(store, { ...good, layers: [base] })).toHaveLength(2);
  writeFileSync(store.path(base.digest), "damaged");
  expect((await validateImage(store, good)).map((problem) => problem.where)).toEqual(["layer base"]);
});

test("the layout and the archive have the same bytes each time", async () => {
  const [one, two] = [join(root, "one.tar"), join(root, "two.tar")];
  await writeDockerArchive(store, await image(), one);
  await writeDockerArchive(store, await image(), two);
  expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
});

test("a directory that is no layout is left alone; a layout is replaced", async () => {
  const target = join(root, "mine");
  mkdirSync(target);
  writeFileSync(join(target, "letter.txt"), "dear");
  await expect(writeOciLayout(store, await image(), target)).rejects.toMatchObject({
    code: "oci/not-a-layout",
  });
  expect(readFileSync(join(target, "letter.txt"), "utf8")).toBe("dear");
  await writeOciLayout(store, await image(), join(root, "layout"));
  await writeOciLayout(store, await image(), join(root, "layout"));
  expect(existsSync(join(root, "layout/oci-layout"))).toBe(true);
});

test("a layout may be named with a slash at the end, and nothing else is left beside it", async () => {
  const target = join(root, "out", "layout");
  for (const _ of ["written", "replaced"]) await writeOciLayout(store, await image(), `${target}/`);
  expect(existsSync(join(target, "oci-layout"))).toBe(true);
  expect(readdirSync(join(root, "out"))).toEqual(["layout"]);
});

test("a blob that was damaged in the store is not written anywhere", async () => {
  const good = await image();
  writeFileSync(store.path(good.layers[0]?.digest ?? good.manifest.digest), "damaged");
  await expect(writeDockerArchive(store, good, join(root, "x.tar"))).rejects.toMatchObject({
    code: "oci/blob",
  });
  await expect(writeOciLayout(store, good, join(root, "x"))).rejects.toMatchObject({ code: "oci/blob" });
  expect(existsSync(join(root, "x.tar")) || existsSync(join(root, "x"))).toBe(false);
});

test.each([
  ["myapp:prod", "prod"],
  ["registry.example:5000/a/b", "latest"],
  ["registry.example:5000/a/b:1", "1"],
])("the tag of %s is %s", (reference, tag) => {
  expect(tagOf(reference)).toBe(tag);
});

describe("oracles", () => {
  test.skipIf(!has("skopeo"))(
    "skopeo reads the layout and the archive, health check included (needs skopeo)",
    async () => {
      await writeOciLayout(store, await image(), join(root, "layout"));
      await writeDockerArchive(store, await image(), join(root, "image.tar"));
      const inspect = (from: string, ...more: string[]): Record<string, unknown> =>
        JSON.parse(execFileSync("skopeo", ["inspect", ...more, from]).toString()) as Record<string, unknown>;
      expect(inspect(`oci:${root}/layout:1.2`)).toMatchObject({
        Architecture: "amd64",
        Labels: { "org.opencontainers.image.title": "test" },
      });
      expect(inspect(`docker-archive:${root}/image.tar`, "--config", "--raw")).toMatchObject({
        config: {
          User: "10001:10001",
          Healthcheck: { Test: ["CMD", "node", "check.js"], Interval: 3_000_000_000 },
        },
      });
    },
  );

  test.skipIf(!has("umoci"))("umoci unpacks the layout to the same files (needs umoci)", async () => {
    await writeOciLayout(store, await image(), join(root, "layout"));
    const rootless = isRoot ? [] : ["--rootless"];
    execFileSync("umoci", ["unpack", ...rootless, "--image", `${root}/layout:1.2`, join(root, "bundle")]);
    expect(readFileSync(join(root, "bundle/rootfs/app/run"), "utf8")).toBe("content of app/run");
    expect(lstatSync(join(root, "bundle/rootfs/tmp")).mode & 0o7777).toBe(0o1777);
    expect(readlinkSync(join(root, "bundle/rootfs/bin"))).toBe("usr/bin");
  });
});

describe("unpacking a layer", () => {
  test("files, modes, owners and links are as written", async () => {
    const layer = (await image()).layers[0] as Layer;
    const target = join(root, "unpacked");
    mkdirSync(target);
    await unpackLayer(store, layer, target);
    expect(lstatSync(join(target, "tmp")).mode & 0o7777).toBe(0o1777);
    expect(lstatSync(join(target, "etc/passwd"))).toMatchObject({ uid: isRoot ? 12 : process.getuid?.() });
    expect(readlinkSync(join(target, "bin"))).toBe("usr/bin");
  });

  const evil = (name: string, type: string): Uint8Array => {
    const block = Buffer.from(writeEntry(file("placeholder")).slice(0, 512));
    block.fill(0, 0, 100).write(name, 0, "utf8");
    block.write("00000000000", 124, "latin1");
    block.write(type, 156, "latin1");
    block.fill(" ", 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, 8, "latin1");
    return block;
  };
  test.each<[string, readonly Uint8Array[]]>([
    ["a path that climbs out", [evil("../outside", "0")]],
    ["an absolute path", [evil("/tmp/outside", "0")]],
    ["a path through a link", [writeEntry(link("door", "/tmp")), writeEntry(file("door/outside"))]],
    ["a path twice", [writeEntry(file("a")), writeEntry(file("a"))]],
    ["a link that a file replaces", [writeEntry(link("a", "/etc/passwd")), writeEntry(file("a"))]],
    ["a device", [evil("null", "3")]],
    ["a hard link", [evil("hard", "1")]],
    ["a file without its directory", [writeEntry(file("no/parent"))]],
  ])("refuses %s and writes nothing outside", async (_, entries) => {
    const target = join(root, "unpacked");
    mkdirSync(target);
    await expect(unpackLayer(store, await layerOf(entries), target)).rejects.toMatchObject({
      code: "oci/unpack",
    });
    expect(existsSync(join(root, "outside"))).toBe(false);
    expect(existsSync("/tmp/outside")).toBe(false);
  });
});
