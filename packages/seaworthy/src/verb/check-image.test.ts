/** `check` of images in files, made by hand and judged both ways. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Layout, tagged } from "../oci/layout.fixture.ts";
import { SILENT } from "../progress/progress.ts";
import { check } from "./check.ts";
import { targetProject } from "./target-project.ts";
import type { VerbIo } from "./verb.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "check-image-"));
  vi.stubEnv("TMPDIR", root);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const io = (): VerbIo => ({
  ...{
    progress: SILENT,
    signal: new AbortController().signal,
    now: () => new Date(0),
    warn: () => undefined,
  },
  env: { SEAWORTHY_CACHE_DIR: join(root, "cache") },
});

/** What the check says of the image's user. */
async function userOf(directory: string): Promise<readonly [name: string, verdict: string | undefined]> {
  const { project, findings } = await check({ directory }, io());
  return [project, findings.find(({ control }) => control === "non-root")?.verdict];
}

/** Two images: one that is of root, and one that is not. */
async function layoutOfTwo(): Promise<string> {
  const layout = new Layout(root);
  const plain = await layout.image("plain", { user: "10001:10001" });
  const rooted = await layout.image("rooted", { user: "" });
  return layout.write([...tagged(plain, "good"), ...tagged(rooted, "bad")]);
}

test("a layout, in a folder and in a tar: each image is judged by what it has", async () => {
  const folder = await layoutOfTwo();
  const tar = join(root, "layout.tar");
  execFileSync("tar", ["-cf", tar, "-C", folder, "."]);
  for (const place of [folder, `oci:${folder}`, tar, `oci-archive:${tar}`]) {
    const path = place.replace(/^oci(?:-archive)?:/, "");
    expect(await userOf(`${place}:good`)).toEqual([`${path}:good`, "held"]);
    expect(await userOf(`${place}:bad`)).toEqual([`${path}:bad`, "breached"]);
    await expect(userOf(place)).rejects.toMatchObject({ code: "oci/which-image", exit: 3 });
  }
  // Nothing that was unpacked on the way is left.
  expect(readdirSync(root).toSorted()).toEqual(["cache", "layout", "layout.tar"]);
});

test("a layout is nothing to run, and says how it becomes that", async () => {
  const folder = await layoutOfTwo();
  await expect(targetProject({ directory: folder }, io())).rejects.toMatchObject({
    ...{ code: "target/archive", message: expect.stringContaining("found an OCI layout") as string },
    hint: expect.stringContaining("skopeo copy") as string,
  });
});
