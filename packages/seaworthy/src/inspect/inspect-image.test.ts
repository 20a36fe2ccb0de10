import { describe, expect, test } from "vitest";
import { inspectImage, RULES } from "./inspect-image.ts";
import type { InspectedEntry, InspectedImage } from "./rule.ts";

const entry = (path: string, more: Partial<InspectedEntry> = {}): InspectedEntry => ({
  path,
  kind: "file",
  mode: 0o644,
  size: 1,
  origin: "test 1.0",
  ...more,
});

function image(more: Partial<InspectedImage> = {}, files: Record<string, string> = {}): InspectedImage {
  return {
    service: "app",
    role: "app",
    image: {
      reference: "myapp:prod",
      manifest: { mediaType: "", digest: `sha256:${"0".repeat(64)}`, size: 1 },
      config: { env: [] },
      layers: [{ unpackedSize: 100 }],
    } as unknown as InspectedImage["image"],
    entries: [entry("app/dist/server.js"), entry("usr/local/bin/node", { mode: 0o755 })],
    async *files() {
      for (const [path, content] of Object.entries(files)) {
        yield { path, content: Buffer.from(content), isPublished: path.startsWith("usr/") };
      }
    },
    developmentOnly: ["app/node_modules/typescript"],
    secrets: new Map([["db_password", Buffer.from("correct horse battery")]]),
    budget: 150,
    pinnedBy: "3 packages in seaworthy.lock",
    ...more,
  };
}

async function verdicts(subject: InspectedImage): Promise<Record<string, string>> {
  const findings = await inspectImage(subject, () => undefined);
  return Object.fromEntries(findings.map((finding) => [finding.control, finding.verdict]));
}

test("a clean image passes every rule", async () => {
  expect(new Set(Object.values(await verdicts(image())))).toEqual(new Set(["held"]));
});

describe("each rule finds what it forbids", () => {
  const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAabcdef\n";
  test.each<[string, InspectedImage]>([
    ["pinned", image({ pinnedBy: undefined })],
    ["no-shell", image({ entries: [entry("usr/bin/dash")] })],
    ["no-shell", image({ entries: [entry("bin/sh", { kind: "symlink" })] })],
    ["no-package-manager", image({ entries: [entry("usr/local/bin/npm", { kind: "symlink" })] })],
    ["no-set-id-files", image({ entries: [entry("usr/bin/su", { mode: 0o4755 })] })],
    ["no-set-id-files", image({ entries: [entry("usr/bin/wall", { mode: 0o2755 })] })],
    ["no-secrets", image({}, { "app/config.js": "const p = 'correct horse battery';" })],
    ["no-secrets", image({}, { "app/key.txt": key })],
    ["no-secrets", image({}, { "app/.env": "A=1" })],
    ["no-secrets", image({}, { "app/.npmrc": "x" })],
    [
      "no-development-dependencies",
      image({ entries: [entry("app/node_modules/typescript", { kind: "directory" })] }),
    ],
    ["size-budget", image({ budget: 99 })],
  ])("%s", async (rule, subject) => {
    const found = await verdicts(subject);
    expect(Object.keys(found).filter((id) => found[id] === "breached")).toEqual([rule]);
  });
});

test("a header without a key is not a key, and a similar name is not a shell", async () => {
  const subject = image(
    {
      entries: [
        entry("app/node_modules/sh/index.js"),
        entry("usr/share/bash-completion/npm"),
        entry("usr/bin/shred"),
      ],
    },
    { "usr/lib/libcrypto.so": "x-----BEGIN PRIVATE KEY-----\0%s\0-----BEGIN ", "app/environment.js": "" },
  );
  expect(Object.values(await verdicts(subject))).not.toContain("breached");
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
