import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DirectoryStore } from "../content/directory-store.ts";
import { layerFiles } from "../rootfs/layer-files.ts";
import { readListing } from "../rootfs/listing.ts";
import { tarLayer } from "../rootfs/tar-layer.fixture.ts";
import { visiblePaths } from "../rootfs/visible-paths.ts";
import { entry, findingOf, image, NODE, runs, verdicts } from "./image.fixture.ts";
import { inspectImage, RULES } from "./inspect-image.ts";
import type { InspectedImage } from "./rule.ts";

const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAabcdef\n";
/** As `setcap cap_net_raw+ep` writes it. */
const NET_RAW = `0100000200200000${"0".repeat(24)}`;

function made(history: readonly string[], env: readonly (readonly [string, string])[] = []): InspectedImage {
  const one = image();
  return { ...one, image: { ...one.image, config: { ...one.image.config, env }, history } };
}

test("what is secret is never told, and what only looks so is none", async () => {
  const findings = await inspectImage(made(["ARG NPM_TOKEN=abcdefgh"]), () => undefined);
  const [found] = findings.filter(({ control }) => control === "no-secrets");
  expect(JSON.stringify(found)).not.toContain("abcdefgh");
  expect(found?.hardened?.summary.en).toMatch(/a value for NPM_TOKEN \(sha256 [0-9a-f]{12}\)/);
  const harmless = made(
    ["ARG TOKEN", "ARG PASSWORD_FILE=/run/x", "RUN /bin/sh -c echo TOKEN=abcdefgh", "ENV TOKEN_TTL=12345678"],
    [["POSTGRES_PASSWORD_FILE", "/run/secrets/x"]],
  );
  expect((await verdicts(harmless))["no-secrets"]).toBe("held");
});

test("a clean image passes every rule", async () => {
  expect(new Set(Object.values(await verdicts(image())))).toEqual(new Set(["held"]));
});

describe("each rule finds what it forbids", () => {
  test.each<[string, InspectedImage]>([
    ["pinned", image({ pinnedBy: undefined })],
    ["programs-exist", runs({ argv: ["python3"] })],
    ["programs-exist", runs({ argv: ["./run"] })],
    ["programs-exist", runs({ argv: ["/app/nothing"] })],
    ["programs-exist", runs({ healthCheck: ["curl", "-f", "x"] })],
    ["no-shell", image({ entries: [NODE, entry("usr/bin/dash")] })],
    ["no-shell", image({ entries: [NODE, entry("bin/sh", { kind: "symlink" })] })],
    ["no-package-manager", image({ entries: [NODE, entry("usr/local/bin/npm", { kind: "symlink" })] })],
    ["no-build-tools", image({ entries: [NODE, entry("usr/bin/curl")] })],
    ["no-build-tools", image({ entries: [NODE, entry("bin/nc", { kind: "symlink" })] })],
    ["no-build-tools", image({ entries: [NODE, entry("usr/bin/x86_64-linux-gnu-gcc-12")] })],
    ["no-build-tools", image({ entries: [NODE, entry("usr/local/bin/clang-15")] })],
    ["no-set-id-files", image({ entries: [NODE, entry("usr/bin/su", { mode: 0o4755 })] })],
    ["no-set-id-files", image({ entries: [NODE, entry("usr/bin/wall", { mode: 0o2755 })] })],
    ["no-set-id-files", image({ entries: [NODE, entry("usr/bin/ping", { capabilities: NET_RAW })] })],
    ["no-set-id-files", image({ entries: [NODE, entry("usr/bin/ping", { capabilities: "0100" })] })],
    ["unchangeable-code", image({ entries: [NODE, entry("srv/x", { mode: 0o666 })] })],
    ["sound-accounts", image({}, { "etc/passwd": "root::0:0:::\n" })],
    ["no-secrets", image({}, { "app/config.js": "const p = 'correct horse battery';" })],
    ["no-secrets", image({}, { "app/key.txt": key })],
    ["no-secrets", image({}, { "app/.env": "A=1" })],
    ["no-secrets", made([], [["DB_PASSWORD", "hunter2hunter2"]])],
    ["no-secrets", made(["RUN |1 NPM_TOKEN=abcdefgh /bin/sh -c npm ci # buildkit"])],
    ["no-secrets", made(["|2 A=1 API_KEY=abcdefgh /bin/sh -c make"])],
    ["no-secrets", made(["ARG GITHUB_TOKEN=abcdefgh"])],
    ["no-secrets", made(["/bin/sh -c #(nop)  ENV SECRET_KEY=abcdefgh"])],
    ["no-secrets", made(["/bin/sh -c curl -u me:'correct horse battery' x"])],
    ["no-secrets", image({}, { "app/.npmrc": "x" })],
    [
      "no-development-dependencies",
      image({ entries: [NODE, entry("app/node_modules/typescript", { kind: "directory" })] }),
    ],
    ["no-leftovers", image({ entries: [NODE, entry("app/.git/HEAD")] })],
    ["size-budget", image({ budget: 99 })],
  ])("%s", async (rule, subject) => {
    const found = await verdicts(subject);
    expect(Object.keys(found).filter((id) => found[id] === "breached")).toEqual([rule]);
  });
});

test("a secret that a later layer takes away is found in the layer that has it", async () => {
  const root = mkdtempSync(join(tmpdir(), "hidden-secret-"));
  try {
    const store = new DirectoryStore(root);
    const bottom = await tarLayer(store, { "app/server.js": "x", "app/key.txt": key, "app/.npmrc": "x" });
    const layers = [bottom, await tarLayer(store, { "app/.wh.key.txt": "", "app/.wh..npmrc": "" })];
    const listings = await Promise.all(layers.map(({ listing }) => readListing(store, listing)));
    const subject: InspectedImage = {
      ...image(),
      entries: visiblePaths(listings).map(({ path }) => entry(path)),
      async *files() {
        for await (const [path, content] of layerFiles(store, layers))
          yield { path, content, isPublished: false };
      },
    };
    expect(subject.entries.map(({ path }) => path)).toEqual(["app", "app/server.js"]);
    const { verdict, hardened } = await findingOf("no-secrets", subject);
    expect(verdict).toBe("breached");
    expect(
      hardened?.steps
        .slice(1)
        .map(({ did, saw }) => `${did}: ${saw}`)
        .sort(),
    ).toEqual(["looked at /app/.npmrc: a credentials file", "searched /app/key.txt: a private key"]);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("a header without a key is not a key, and a similar name is not a shell", async () => {
  const subject = image(
    {
      entries: [
        NODE,
        entry("app/node_modules/sh/index.js"),
        entry("usr/share/bash-completion/npm"),
        entry("usr/bin/shred"),
      ],
    },
    { "usr/lib/libcrypto.so": "x-----BEGIN PRIVATE KEY-----\0%s\0-----BEGIN ", "app/environment.js": "" },
  );
  expect(Object.values(await verdicts(subject))).not.toContain("breached");
});

test("a file's capabilities are named, and an attribute that gives none is none", async () => {
  const found = async (capabilities: string): Promise<string | undefined> => {
    const entries = [NODE, entry("usr/bin/ping", { capabilities })];
    return (await findingOf("no-set-id-files", image({ entries }))).hardened?.steps[0]?.saw;
  };
  expect(await found(NET_RAW)).toBe("cap_net_raw, from test 1.0");
  // Version 3 has the user's number of a namespace at its end; bit 38 is perfmon, bit 63 is nothing yet.
  expect(await found("0100000300000000000000004000008000000000e8030000")).toBe(
    "cap_perfmon, cap_63, from test 1.0",
  );
  expect(await found(`01000001${"00000000".repeat(2)}`)).toBe("none");
});

describe("programs that are there", () => {
  const entries = [
    entry("usr/bin/sh"),
    entry("bin", { kind: "symlink" }),
    entry("usr/bin/wget", { kind: "symlink" }),
    entry("app/run"),
  ];
  test.each<[string, Partial<InspectedImage["runs"]>]>([
    ["through /bin, which is a link", { argv: ["/bin/wget"] }],
    ["by name, in a folder of PATH", { argv: ["wget"] }],
    ["by path, through a folder that is a link", { argv: ["/bin/sh", "-c", "exec wget x || exit 1"] }],
    ["relative to the working directory", { argv: ["./run"] }],
    ["in something mounted, which is not the image's", { argv: ["/data/tool"], mounts: ["/data"] }],
    ["a word that a variable makes", { argv: ["/bin/sh", "-c", "$PROGRAM x; [ -f y ]"] }],
  ])("%s", async (_, more) => {
    expect(["held", "absent"]).toContain((await verdicts({ ...runs(more), entries }))["programs-exist"]);
  });

  test("a shell's line calls what is not there", async () => {
    const line = ["/bin/sh", "-c", "curl -f http://localhost || exit 1"];
    const [finding] = (
      await inspectImage({ ...runs({ healthCheck: line }), entries }, () => undefined)
    ).filter(({ control }) => control === "programs-exist");
    expect(finding?.hardened?.summary.en).toBe("not in the image: node (command), curl (health check)");
  });
});

test("what is behind a link to /usr is looked for there", async () => {
  const entries = [entry("bin", { kind: "symlink" }), entry("usr/bin/sh"), entry("app/run")];
  const subject = { ...runs({ argv: ["/bin/curl"], path: "/bin:/usr/bin" }), entries };
  expect((await verdicts(subject))["programs-exist"]).toBe("breached");
});

test("a secret's value is never in the finding", async () => {
  const subject = image({}, { "app/config.js": "correct horse battery" });
  expect(JSON.stringify(await inspectImage(subject, () => undefined))).not.toContain("correct horse");
});

test("an image with no listed path is unproven, not clean", async () => {
  expect(new Set(Object.values(await verdicts(image({ entries: [] }))))).toEqual(new Set(["unproven"]));
});

test("rules have names of their own", () => {
  expect(new Set(RULES.map((rule) => rule.id)).size).toBe(RULES.length);
});
