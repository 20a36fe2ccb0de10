/** What `build` makes: the same bytes for everybody, readable by everybody's tools, every path with its reason. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, type Sandbox, sandbox } from "./cli.ts";

interface BuildJson {
  readonly images: readonly { readonly service: string; readonly digest: string; readonly size: number }[];
}

let first: Sandbox;
let digest = "";
let size = 0;
let scratch = "";

const has = (tool: string): boolean => spawnSync(tool, ["--version"]).status === 0;
const lock = (one: Sandbox): string => join(one.project, "seaworthy.lock");

async function buildApp(where: Sandbox, wrapper: readonly string[] = []): Promise<string> {
  const { code, stdout, stderr } = await where.seaworthy(["build", "--service", "app", "--json"], {
    wrapper,
    env: { HOME: join(where.project, "..") },
  });
  expect(code, stderr).toBe(0);
  return (JSON.parse(stdout) as BuildJson).images[0]?.digest ?? "";
}

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "seaworthy-build-test-"));
  first = await sandbox({ cache: "fresh" });
  const { code, stdout, stderr } = await first.seaworthy(["build", "--json"]);
  expect(code, stderr).toBe(0);
  const app = (JSON.parse(stdout) as BuildJson).images.find((image) => image.service === "app");
  digest = app?.digest ?? "";
  size = app?.size ?? 0;
}, 300_000);

afterAll(async () => {
  await first[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

test("the app's image stays within 150 MB, Node included", () => {
  expect(size).toBeGreaterThan(50_000_000);
  expect(size).toBeLessThanOrEqual(150_000_000);
});

describe("the same lock gives the same image", () => {
  test.skipIf(!isRoot() || !has("faketime"))(
    "from another folder, for another user, with another umask and clock (needs root and faketime)",
    async () => {
      await using other = await sandbox({ cache: "fresh" });
      cpSync(lock(first), lock(other));
      // The other user owns the copy and can read nothing of root's but the program.
      execFileSync("chown", ["-R", "12345:12345", join(other.project, "..")]);
      const asOther = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"];
      const later = ["faketime", "-f", "+40d"];
      const umask = ["sh", "-c", 'umask 077; exec "$@"', "sh"];
      chmodSync(join(other.project, "package.json"), 0o600);
      expect(await buildApp(other, [...asOther, ...later, ...umask])).toBe(digest);
    },
    300_000,
  );

  test("after a build that was killed halfway", async () => {
    await using other = await sandbox({ cache: "fresh" });
    cpSync(lock(first), lock(other));
    const killed = await other.seaworthy(["build", "--service", "app"], { killAfter: 3000 });
    expect(killed.code).toBeNull();
    expect(await buildApp(other)).toBe(digest);
  }, 300_000);

  test("after its packages were altered in the cache", async () => {
    // One byte in every blob of 1 to 4 MB: packages, tarballs, layers.
    const script =
      'for f in $(find "$1" -size +1M -size -4M); do printf X | dd of="$f" bs=1 seek=5000 conv=notrunc status=none; done';
    execFileSync("sh", ["-c", script, "sh", join(first.project, "../cache/store/blobs")]);
    rmSync(join(first.project, "../cache/store/memo"), { recursive: true });
    expect(await buildApp(first)).toBe(digest);
  }, 300_000);
});

describe("other tools take the image", () => {
  test.skipIf(!has("skopeo") || !has("umoci"))(
    "skopeo and umoci (needs both)",
    async () => {
      const layout = join(scratch, "layout");
      const { code, stderr } = await first.seaworthy(["build", "-o", `oci:${layout}`]);
      expect(code, stderr).toBe(0);
      const about = JSON.parse(execFileSync("skopeo", ["inspect", `oci:${layout}:prod`]).toString()) as {
        Digest: string;
        Layers: string[];
      };
      expect(about.Digest).toBe(digest);
      expect(about.Layers).toHaveLength(4);
      const bundle = join(scratch, "bundle");
      execFileSync("umoci", [
        "unpack",
        ...(isRoot() ? [] : ["--rootless"]),
        "--image",
        `${layout}:prod`,
        bundle,
      ]);
      expect(readFileSync(join(bundle, "rootfs/etc/passwd"), "utf8")).toContain("appuser:x:10001:10001:");
      expect(existsSync(join(bundle, "rootfs/bin/sh"))).toBe(false);
      const version = execFileSync("chroot", [join(bundle, "rootfs"), "/usr/local/bin/node", "--version"]);
      expect(version.toString()).toMatch(/^v24\./);
    },
    120_000,
  );

  test("an archive has the same bytes each time", async () => {
    const archives = [join(scratch, "one.tar"), join(scratch, "two.tar")];
    for (const file of archives) {
      expect(
        (await first.seaworthy(["build", "--service", "redis", "-o", `docker-archive:${file}`])).code,
      ).toBe(0);
    }
    expect(spawnSync("cmp", archives).status).toBe(0);
  });
});

describe("why", () => {
  test("every path of every image has a reason", async () => {
    for (const service of ["app", "db", "redis"]) {
      const { code, stdout } = await first.seaworthy(["why", "--service", service, "--json"]);
      expect(code).toBe(0);
      const paths = JSON.parse(stdout) as { path: string; reason: { origin: string; because: string } }[];
      expect(paths.length).toBeGreaterThan(100);
      expect(paths.filter(({ reason }) => !reason.origin || !reason.because)).toEqual([]);
    }
  });

  test("one path, and one that is not there", async () => {
    const found = await first.seaworthy(["why", "-p", "/usr/local/bin/node"]);
    expect(found.stdout).toMatch(/node 24\.\d+\.\d+/);
    const missing = await first.seaworthy(["why", "-p", "/bin/sh/no"]);
    expect(missing).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("no /bin/sh/no in it") as string,
    });
  });
});
