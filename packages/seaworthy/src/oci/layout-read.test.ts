import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../content/digest.ts";
import { DirectoryStore } from "../content/directory-store.ts";
import type { Image } from "./image.ts";
import { IMAGE, Layout, type Pointer, tagged } from "./layout.fixture.ts";
import { readOciLayout } from "./layout-read.ts";

let root = "";
let store = new DirectoryStore("");
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "layout-"));
  store = new DirectoryStore(join(root, "store"));
});
afterEach(() => rmSync(root, { recursive: true }));

async function read(folder: string, wanted?: string, architecture = "amd64"): Promise<Image> {
  return await readOciLayout(store, folder, { reference: "here", wanted, architecture }, listed);
}

function listed(): Promise<Image["manifest"]["digest"]> {
  return Promise.resolve(digestOf("a listing"));
}

/** What the steps of the image say made it. */
const madeBy = ({ layers }: Image): string | undefined => layers[0]?.createdBy;

test("an image with its configuration, its layers, and what made them", async () => {
  const layout = new Layout(root);
  const pointer = await layout.image("hello");
  const image = await read(layout.write([pointer]));
  expect(image).toMatchObject({
    ...{ reference: "here", manifest: pointer, history: ["set nothing", "hello"] },
    config: { architecture: "amd64", user: "7:7" },
    layers: [{ name: "layer 1", createdBy: "hello", unpackedSize: 5 }],
  });
  for (const { digest, size } of [image.manifest, image.configDescriptor, ...image.layers])
    expect((await store.read(digest))?.length).toBe(size);
});

describe("several images", () => {
  test("are named, and chosen by their tag or their whole name", async () => {
    const layout = new Layout(root);
    const [one, two] = [await layout.image("one"), await layout.image("two")];
    const named = {
      ...two,
      annotations: {
        "org.opencontainers.image.ref.name": "2.0",
        "io.containerd.image.name": "example/app:2.0",
      },
    };
    const folder = layout.write([...tagged(one, "1.0"), named]);
    await expect(read(folder)).rejects.toMatchObject({
      ...{ code: "oci/which-image", exit: 3, message: "expected one image in here, found 1.0, 2.0" },
      hint: "Name it after a colon: here:1.0",
    });
    await expect(read(folder, "3.0")).rejects.toMatchObject({ code: "oci/which-image" });
    expect(madeBy(await read(folder, "1.0"))).toBe("one");
    expect(madeBy(await read(folder, "2.0"))).toBe("two");
    expect(madeBy(await read(folder, "example/app:2.0"))).toBe("two");
  });

  test("one with two names is one", async () => {
    const layout = new Layout(root);
    const folder = layout.write(tagged(await layout.image("one"), "1.0", "latest"));
    expect(madeBy(await read(folder))).toBe("one");
    expect(madeBy(await read(folder, "latest"))).toBe("one");
  });

  test("without names and for one platform, none is chosen", async () => {
    const layout = new Layout(root);
    const folder = layout.write([await layout.image("one"), await layout.image("two")]);
    await expect(read(folder)).rejects.toMatchObject({
      message: "expected one image for linux/amd64 in here, found linux/amd64, linux/amd64",
    });
  });
});

describe("several platforms", () => {
  test("that of this machine is read; one that stands alone, whatever it is for", async () => {
    const layout = new Layout(root);
    const intel = { ...(await layout.image("intel")), platform: { os: "linux", architecture: "amd64" } };
    // Its platform is told by its configuration alone.
    const arm = await layout.image("arm", { architecture: "arm64", variant: "v8" });
    const attestation = {
      ...layout.put({ schemaVersion: 2, layers: [] }, `${IMAGE}manifest.v1+json`),
      platform: { os: "unknown", architecture: "unknown" },
      annotations: { "vnd.docker.reference.type": "attestation-manifest" },
    };
    const folder = layout.write(tagged(layout.index([attestation, arm, intel]), "1.0"));
    expect(madeBy(await read(folder, undefined, "amd64"))).toBe("intel");
    expect(madeBy(await read(folder, "1.0", "arm64"))).toBe("arm");
    await expect(read(folder, "1.0", "riscv64")).rejects.toMatchObject({
      ...{ code: "oci/platform", exit: 2 },
      message: "expected one image for linux/riscv64 in here, found linux/arm64/v8, linux/amd64",
    });
    expect(madeBy(await read(layout.write([arm, attestation]), undefined, "amd64"))).toBe("arm");
  });
});

describe("what is no layout, or not what it says, is refused", () => {
  const cases: readonly (readonly [string, (layout: Layout, image: Pointer) => unknown, RegExp])[] = [
    ["nothing in it", (layout) => layout.write([]), /expected one image in here, found none/],
    ["no index", (layout) => rmSync(join(layout.folder, "index.json")), /expected index\.json .* found none/],
    [
      "no oci-layout",
      (layout) => rmSync(join(layout.folder, "oci-layout")),
      /expected oci-layout .* found none/,
    ],
    [
      "an index that is no JSON",
      (layout) => writeFileSync(join(layout.folder, "index.json"), "{"),
      /expected JSON in index/,
    ],
    [
      "an index that is null",
      (layout) => writeFileSync(join(layout.folder, "index.json"), "null"),
      /expected JSON in index/,
    ],
    [
      "manifests that are no list",
      (layout) => writeFileSync(join(layout.folder, "index.json"), '{"manifests":7}'),
      /a list of descriptors/,
    ],
    [
      "a folder as a blob",
      (layout, { digest }) => {
        rmSync(layout.blob(digest));
        mkdirSync(layout.blob(digest));
      },
      /expected a file/,
    ],
    [
      "a missing manifest",
      (layout, { digest }) => rmSync(layout.blob(digest)),
      /expected blobs\/sha256\/[0-9a-f]{64} .* found none/,
    ],
    [
      "another size",
      (layout, image) => layout.write([{ ...image, size: image.size + 1 }]),
      /expected \d+ bytes in sha256:/,
    ],
    ["no size", (layout, { digest }) => layout.write([{ digest }]), /expected undefined bytes/],
    [
      "a path as a digest",
      (layout, image) => layout.write([{ ...image, digest: "sha256:../../index.json" }]),
      /expected sha256: and 64 digits .* found sha256:\.\./,
    ],
    [
      "another algorithm",
      (layout, image) => layout.write([{ ...image, digest: `sha512:${"0".repeat(128)}` }]),
      /expected sha256: and 64 digits/,
    ],
    [
      "a chart as an image",
      (layout) =>
        layout.write([
          layout.put({ config: layout.put({}, "application/vnd.cncf.helm.config.v1+json"), layers: [] }, "x"),
        ]),
      /expected an image in .*helm/,
    ],
    [
      "a manifest of nothing",
      (layout) => layout.write([layout.put({}, "x")]),
      /expected a manifest of an image in sha256:/,
    ],
    ["a null in the index", (layout) => layout.write([null]), /expected a list of descriptors as manifests/],
    [
      "a null as a layer",
      (layout, image) => layout.write([layout.put({ config: image, layers: [null] }, "x")]),
      /expected a list of descriptors as layers/,
    ],
    [
      "a number as a configuration",
      (layout) => layout.write([layout.put({ config: 7 }, "x")]),
      /as config in/,
    ],
    [
      "a number as an index",
      (layout) => layout.write([layout.put({ manifests: 7 }, "x")]),
      /as manifests in/,
    ],
    ["an index of nothing", (layout) => layout.write([layout.index([])]), /found none/],
    [
      "a manifest of 5 MiB",
      (layout) => layout.write([layout.put(Buffer.alloc(5 * 1024 ** 2), "x")]),
      /expected at most 4194304 bytes/,
    ],
  ];
  test.each(cases)("%s", async (_, spoil, message) => {
    const layout = new Layout(root);
    const image = await layout.image("one");
    layout.write([image]);
    expect(madeBy(await read(layout.folder))).toBe("one");
    spoil(layout, image);
    await expect(read(layout.folder)).rejects.toMatchObject({
      name: "Fault",
      message: expect.stringMatching(message) as string,
    });
  });

  /** The last is the layer of the image, the one before its configuration. */
  const parts = (layout: Layout, { digest }: Pointer): readonly Pointer[] => {
    const { config, layers } = JSON.parse(readFileSync(layout.blob(digest), "utf8")) as {
      config: Pointer;
      layers: Pointer[];
    };
    return [{ mediaType: "", digest, size: 0 }, config, ...layers];
  };

  test.each([
    ["manifest", 0],
    ["configuration", 1],
    ["layer", 2],
  ])("other content of the same size under the digest of the %s", async (_, index) => {
    const layout = new Layout(root);
    const image = await layout.image("one");
    const blob = layout.blob(parts(layout, image)[index]?.digest ?? "");
    writeFileSync(blob, Buffer.from(readFileSync(blob)).fill(0x20, 5, 6));
    await expect(read(layout.write([image]))).rejects.toMatchObject({
      code: "oci/layout",
      message: expect.stringContaining("other content under that name") as string,
    });
  });

  test("a pipe is not waited for", async () => {
    const layout = new Layout(root);
    const image = await layout.image("one");
    rmSync(layout.blob(image.digest));
    execFileSync("mkfifo", [layout.blob(image.digest)]);
    await expect(read(layout.write([image]))).rejects.toMatchObject({
      ...{ code: "oci/layout", message: expect.stringContaining("expected a file blobs/") as string },
    });
  });

  test("a layer that the configuration does not name, or one too few", async () => {
    const layout = new Layout(root);
    const [one, two] = [await layout.image("one"), await layout.image("two")];
    const [, config, layer] = parts(layout, one);
    const [, , other] = parts(layout, two);
    for (const [layers, words] of [
      [[other], /expected layer sha256:/],
      [[], /expected 1 layers, as its configuration says/],
      [[layer, layer], /found 2/],
    ] as const) {
      const manifest = layout.put({ schemaVersion: 2, config, layers }, `${IMAGE}manifest.v1+json`);
      await expect(read(layout.write([manifest]))).rejects.toMatchObject({
        code: "oci/layout",
        message: expect.stringMatching(words) as string,
      });
    }
  });

  test.each([
    ["User", { config: { User: 7 } }, /expected a text as User/],
    ["Env", { config: { Env: [7] } }, /expected a list of texts as Env/],
    ["Entrypoint", { config: { Entrypoint: "sh" } }, /expected a list of texts as Entrypoint/],
    ["a health check", { config: { Healthcheck: { Test: [null] } } }, /expected a list of texts as Test/],
    ["diff_ids", { rootfs: { diff_ids: "x" } }, /expected a list of texts as diff_ids/],
    ["history", { history: [null] }, /expected a list of steps as history/],
  ])("a configuration with the wrong kind of %s", async (_, content, words) => {
    const layout = new Layout(root);
    const config = layout.put(content, `${IMAGE}config.v1+json`);
    await expect(read(layout.write([layout.put({ config, layers: [] }, "x")]))).rejects.toMatchObject({
      ...{ code: "oci/layout", message: expect.stringMatching(words) as string },
    });
  });

  test("an index that names others as often as it can is read once", async () => {
    const layout = new Layout(root);
    let pointer = await layout.image("one");
    for (let depth = 0; depth < 12; depth += 1)
      pointer = layout.index(Array.from({ length: 100 }, () => pointer));
    expect(madeBy(await read(layout.write([pointer])))).toBe("one");
  });

  test("a link to a file of the machine gives none of it away", async () => {
    const layout = new Layout(root);
    const image = await layout.image("one");
    rmSync(layout.blob(image.digest));
    writeFileSync(join(root, "secret"), "s".repeat(image.size));
    symlinkSync(join(root, "secret"), layout.blob(image.digest));
    const failed = await read(layout.write([image])).catch((error: Error) => error.message);
    expect(failed).toMatch(/other content under that name/);
    expect(failed).not.toContain("sss");
  });
});
