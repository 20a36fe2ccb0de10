/** Layouts in tars, and those that other programs make. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../content/digest.ts";
import { DirectoryStore } from "../content/directory-store.ts";
import { TAR_END, writeEntry } from "../tar/write.ts";
import type { Entry } from "../tree/tree.ts";
import { readDockerArchive } from "./docker-archive-read.ts";
import type { Image } from "./image.ts";
import { file, Layout, tagged } from "./layout.fixture.ts";
import { isLayoutArchive, unpackLayoutArchive } from "./layout-archive.ts";
import { readOciLayout } from "./layout-read.ts";

let root = "";
let store = new DirectoryStore("");
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "layout-"));
  store = new DirectoryStore(join(root, "store"));
});
afterEach(() => rmSync(root, { recursive: true }));

const has = (tool: string): boolean => spawnSync(tool, ["--version"]).status === 0;
async function read(folder: string, wanted?: string): Promise<Image> {
  return await readOciLayout(store, folder, { reference: "here", wanted, architecture: "amd64" }, listed);
}

function listed(): Promise<Image["manifest"]["digest"]> {
  return Promise.resolve(digestOf("a listing"));
}

/** What the steps of the image say made it. */
const madeBy = ({ layers }: Image): string | undefined => layers[0]?.createdBy;

describe("in a tar", () => {
  /** Its files in a tar, and these entries after them. */
  function tar(folder: string, ...more: Entry[]): string {
    const target = `${folder}.tar`;
    execFileSync("tar", ["-cf", target, "-C", folder, "."]);
    writeFileSync(`${target}.more`, Buffer.concat([...more.map(writeEntry), TAR_END]));
    if (more.length > 0) execFileSync("tar", ["--concatenate", "-f", target, `${target}.more`]);
    return target;
  }

  async function unpacked(target: string): Promise<string> {
    const folder = mkdtempSync(join(root, "unpacked-"));
    await unpackLayoutArchive(target, folder);
    return folder;
  }

  test("it is the same image, and nothing else of the tar is written", async () => {
    const layout = new Layout(root);
    const pointer = await layout.image("one");
    const evil = [
      "../escaped",
      "blobs/sha256/../../../escaped",
      `blobs/sha256/${"0".repeat(64)}/x`,
      "bin/sh",
    ];
    const target = tar(layout.write([pointer]), ...evil.map((path) => file(path, "evil")));
    expect(await isLayoutArchive(target)).toBe(true);
    const folder = await unpacked(target);
    expect((await read(folder)).manifest).toEqual(pointer);
    expect(readdirSync(folder).toSorted()).toEqual(["blobs", "index.json", "oci-layout"]);
    expect(readdirSync(join(folder, "blobs/sha256"))).toHaveLength(3);
    expect(readdirSync(root)).not.toContain("escaped");
  });

  test("a file that comes twice is refused, and docker save's own tar is not taken for one", async () => {
    const layout = new Layout(root);
    layout.write([await layout.image("one")]);
    await expect(unpacked(tar(layout.folder, file("index.json", "{}")))).rejects.toMatchObject({
      ...{ code: "oci/layout", message: expect.stringMatching(/expected index\.json once/) as string },
    });
    expect(await isLayoutArchive(tar(layout.folder, file("manifest.json", "[]")))).toBe(false);
    const other = join(root, "other");
    mkdirSync(other);
    expect(await isLayoutArchive(tar(other))).toBe(false);
  });
});

describe("a tar of docker save", () => {
  /** Each image without layers, under these names. */
  function saved(...images: readonly (readonly string[] | null)[]): string {
    const configs = images.map((_, index) => JSON.stringify({ config: { User: `${index}` } }));
    const manifest = images.map((RepoTags, index) => ({ Config: `${index}.json`, RepoTags, Layers: [] }));
    const target = join(root, "saved.tar");
    const entries = [
      ...configs.map((text, index) => file(`${index}.json`, text)),
      file("manifest.json", JSON.stringify(manifest)),
    ];
    writeFileSync(target, Buffer.concat([...entries.map(writeEntry), TAR_END]));
    return target;
  }
  const userIn = async (target: string, wanted?: string): Promise<string> =>
    (await readDockerArchive(store, target, "here", listed, wanted)).config.user;

  test("of several images one is named, and none is taken for all of them", async () => {
    const target = saved(["a:1", "a:latest"], ["example/b:2"]);
    await expect(userIn(target)).rejects.toMatchObject({
      ...{ code: "oci/which-image", message: `expected one image in ${target}, found a:1, example/b:2` },
    });
    expect([
      await userIn(target, "a:latest"),
      await userIn(target, "b:2"),
      await userIn(target, "2"),
    ]).toEqual([...["0", "1", "1"]]);
    await expect(userIn(saved(null, null))).rejects.toMatchObject({ code: "oci/archive" });
    expect(await userIn(saved(null))).toBe("0");
  });

  test.each([
    ["no list", "7", /a list in manifest|JSON in manifest/],
    ["an empty list", "[]", /found none/],
    ["a null", "[null]", /a list of images/],
    ["an image without layers", '[{"Config":"x"}]', /expected Config and Layers/],
  ])("a manifest.json with %s is refused", async (_, text, words) => {
    const target = join(root, "spoilt.tar");
    writeFileSync(target, Buffer.concat([writeEntry(file("manifest.json", text)), TAR_END]));
    await expect(userIn(target)).rejects.toMatchObject({
      name: "Fault",
      message: expect.stringMatching(words) as string,
    });
  });
});

describe("oracles", () => {
  test.skipIf(!has("skopeo"))("what skopeo copies is read as the same image (needs skopeo)", async () => {
    const layout = new Layout(root);
    layout.write([...tagged(await layout.image("one"), "1.0"), ...tagged(await layout.image("two"), "2.0")]);
    const skopeo = (...words: string[]): void => {
      execFileSync("skopeo", ["--insecure-policy", "copy", "--quiet", ...words]);
    };
    const [copy, archive, saved] = ["copy", "oci.tar", "docker.tar"].map((name) => join(root, name));
    skopeo(`oci:${layout.folder}:1.0`, `oci:${copy}:mine`);
    skopeo("--dest-compress-format=zstd", `oci:${layout.folder}:2.0`, `oci:${copy}:packed`);
    skopeo(`oci:${layout.folder}:1.0`, `oci-archive:${archive}:mine`);
    skopeo(`oci:${layout.folder}:1.0`, `docker-archive:${saved}:example/mine:1.0`);
    const original = await read(layout.folder, "1.0");
    expect(madeBy(await read(copy ?? "", "packed"))).toBe("two");
    expect(await read(copy ?? "", "mine")).toEqual(original);
    expect(await isLayoutArchive(archive ?? "")).toBe(true);
    const folder = join(root, "unpacked");
    await unpackLayoutArchive(archive ?? "", folder);
    expect(await read(folder)).toEqual(original);
    expect(await isLayoutArchive(saved ?? "")).toBe(false);
    const { config, layers } = await readDockerArchive(store, saved ?? "", "here", listed);
    expect(config).toEqual(original.config);
    expect(layers.map(({ diffId }) => diffId)).toEqual(original.layers.map(({ diffId }) => diffId));
  });

  test.skipIf(!has("umoci"))("what umoci makes, with two tags (needs umoci)", async () => {
    const folder = join(root, "umoci");
    const umoci = (...words: string[]): void => void execFileSync("umoci", words);
    umoci("init", "--layout", folder);
    for (const tag of ["a", "b"]) {
      umoci("new", "--image", `${folder}:${tag}`);
      umoci("config", "--image", `${folder}:${tag}`, "--config.user", `user-${tag}`);
    }
    expect((await read(folder, "b")).config.user).toBe("user-b");
    await expect(read(folder)).rejects.toMatchObject({ message: "expected one image in here, found a, b" });
  });
});
