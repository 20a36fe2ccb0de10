import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestOf } from "../content/digest.ts";
import { DirectoryStore } from "../content/directory-store.ts";
import type { ContentStore } from "../content/store.ts";
import type { Image, Layer } from "../oci/image.ts";
import { type ListedPath, writeListing } from "../rootfs/listing.ts";
import { imageFacts } from "./image-facts.ts";

let folder: string;
let store: ContentStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "facts-"));
  store = new DirectoryStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function file(path: string, size: number, origin: string): ListedPath {
  return {
    path,
    kind: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    reason: { kind: "npm", origin, because: "" },
  };
}

function layerOf(name: string, listing: Layer["listing"]): Layer {
  return {
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    digest: digestOf(`${name} packed`),
    diffId: digestOf(name),
    size: 7,
    unpackedSize: 100,
    name,
    createdBy: `made ${name}`,
    listing,
  };
}

function imageOf(layers: readonly Layer[]): Image {
  const descriptor = { mediaType: "application/json", digest: digestOf("manifest"), size: 1 };
  return {
    reference: "myapp:prod",
    manifest: descriptor,
    configDescriptor: descriptor,
    layers,
    config: {
      architecture: "arm64",
      user: "10001:10001",
      env: [],
      entrypoint: [],
      command: [],
      workingDirectory: "/",
      exposedPorts: [],
      volumes: [],
      stopSignal: "SIGTERM",
      healthCheck: undefined,
      labels: [],
      created: "1970-01-01T00:00:00Z",
    },
  };
}

test("bytes are added up by origin; the largest eight are named, in an order that does not depend on the listing's", async () => {
  const paths = [
    ...["j", "i", "h", "g", "f", "e", "d", "c", "b"].map((origin) => file(`x/${origin}`, 5, origin)),
    file("x/a1", 30, "a"),
    file("x/a2", 12, "a"),
    file("x/empty", 0, "nothing"),
  ];
  const listing = (await writeListing(store, paths)).digest;
  const facts = await imageFacts(
    store,
    "app",
    imageOf([layerOf("base", listing), layerOf("app", listing)]),
    "lock",
  );
  expect(facts).toMatchObject({
    platform: "linux/arm64",
    packedSize: 14,
    unpackedSize: 200,
    healthCheck: [],
    pinnedBy: "lock",
  });
  expect(facts.layers.map(({ name, diffId, paths }) => [name, diffId, paths])).toEqual([
    ["base", digestOf("base"), 12],
    ["app", digestOf("app"), 12],
  ]);
  expect(facts.layers[0]?.origins).toEqual([
    { origin: "a", bytes: 42 },
    ...["b", "c", "d", "e", "f", "g", "h"].map((origin) => ({ origin, bytes: 5 })),
  ]);
});

test("a listing that is gone is said to be gone", async () => {
  const image = imageOf([layerOf("base", digestOf("never written"))]);
  await expect(imageFacts(store, "app", image, "lock")).rejects.toMatchObject({ code: "rootfs/listing" });
});
