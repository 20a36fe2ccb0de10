import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { entry, findingOf, image, NODE } from "./image.fixture.ts";
import type { InspectedEntry } from "./rule.ts";

const RULE = "no-leftovers";

async function verdictOn(path: string, more: Partial<InspectedEntry> = {}, content = ""): Promise<string> {
  const subject = image({ entries: [NODE, entry(path, more)] }, { [path]: content });
  return (await findingOf(RULE, subject)).verdict;
}

describe("left over", () => {
  test.each([
    "var/lib/apt/lists/deb.example_debian_dists_trixie_InRelease",
    "var/lib/apt/lists/auxfiles/x",
    "var/cache/apt/archives/curl_8_amd64.deb",
    "var/cache/apt/pkgcache.bin",
    "var/cache/apk/APKINDEX.tar.gz",
    "var/cache/dnf/x/repomd.xml",
    "var/cache/yum/x",
    "var/cache/zypp/x",
    "root/.npm/_cacache/index-v5/x",
    "root/.cache/pip/http/x",
    "home/node/.npm/_logs/x.log",
    "app/.git/config",
    "app/vendor/thing/.git",
    "app/node_modules/thing/.git/HEAD",
    "srv/.svn/wc.db",
    "srv/.hg/store/x",
    "app/Dockerfile",
    "usr/src/app/Dockerfile.prod",
    "app/web.Dockerfile",
    "app/Containerfile",
    "app/docker-compose.yml",
    "app/docker-compose.override.yaml",
    "compose.yaml",
    "app/.dockerignore",
    "app/.vscode/settings.json",
    "app/.idea/workspace.xml",
    "app/src/.server.js.swp",
  ])("%s", async (path) => {
    expect(await verdictOn(path)).toBe("breached");
  });
});

describe("not left over", () => {
  test.each<[string, Partial<InspectedEntry>?]>([
    ["var/lib/apt/lists", { kind: "directory" }],
    ["var/lib/apt/lists/partial", { kind: "directory" }],
    ["var/lib/apt/lists/partial/x"],
    ["var/lib/apt/lists/lock", { size: 5 }],
    ["var/lib/apt/lists/x", { size: 0 }],
    ["var/cache/apt/archives/lock"],
    ["root/.npm", { kind: "directory" }],
    ["root/.npmrc-x"],
    ["root/.cache/ms-playwright/chromium/chrome"],
    ["home/app/.cache/huggingface/model.bin"],
    ["app/.gitignore"],
    ["app/.gitattributes"],
    ["app/git/x"],
    ["app/node_modules/thing/Dockerfile"],
    ["app/node_modules/thing/.vscode/settings.json"],
    ["usr/local/lib/python3.12/site-packages/thing/docker-compose.yml"],
    ["usr/share/doc/thing/examples/compose.yaml"],
    ["app/dist/Dockerfile.js"],
    ["app/dist/compose.js"],
    ["app/Dockerfiles"],
    ["app/.git", { kind: "symlink", target: "/nowhere" }],
    ["app/\u0000\u001b[2J\n.swp.x"],
  ])("%j", async (path, more = {}) => {
    expect(await verdictOn(path, more)).toBe("held");
  });
});

describe("a core dump is told by what is in it", () => {
  const header = (type: number, bigEndian = false): string => {
    const bytes = Buffer.alloc(64);
    bytes.write("\x7fELF\x02", "latin1");
    bytes[5] = bigEndian ? 2 : 1;
    if (bigEndian) bytes.writeUInt16BE(type, 16);
    else bytes.writeUInt16LE(type, 16);
    return bytes.toString("latin1");
  };
  test.each<[string, string, string, string]>([
    ["one", "app/core", header(4), "breached"],
    ["one with a number", "core.1234", header(4), "breached"],
    ["one of a machine of the other byte order", "core", header(4, true), "breached"],
    ["a program of that name", "app/core", header(2), "held"],
    ["one cut off", "app/core", header(4).slice(0, 17), "held"],
    ["a text", "app/core", "core", "held"],
    ["nothing", "app/core", "", "held"],
  ])("%s", async (_, path, content, verdict) => {
    expect(await verdictOn(path, {}, content)).toBe(verdict);
  });
  test("this machine's own programs are none", async () => {
    const program = execFileSync("cat", ["/bin/true"]).toString("latin1");
    expect(await verdictOn("app/core", {}, program)).toBe("held");
  });
});

test("of a backing service's image nothing is asked", async () => {
  const subject = image({ role: "backing", entries: [NODE, entry("app/.git/config")] });
  expect((await findingOf(RULE, subject)).verdict).toBe("absent");
});
