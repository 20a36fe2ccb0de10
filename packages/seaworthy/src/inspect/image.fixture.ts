/** An image for tests of rules, on which every rule holds. */
import type { Finding } from "@seaworthy/evidence";
import { inspectImage, RULES } from "./inspect-image.ts";
import type { InspectedEntry, InspectedImage } from "./rule.ts";

export const entry = (path: string, more: Partial<InspectedEntry> = {}): InspectedEntry => ({
  path,
  kind: "file",
  mode: 0o644,
  ...{ size: 1, uid: 0, gid: 0 },
  origin: "test 1.0",
  ...more,
});

export const NODE: InspectedEntry = entry("usr/local/bin/node", { mode: 0o755 });

/** @param files their bytes, in latin1 */
export function image(
  more: Partial<InspectedImage> = {},
  files: Record<string, string> = {},
): InspectedImage {
  return {
    service: "app",
    role: "app",
    image: {
      reference: "myapp:prod",
      manifest: { mediaType: "", digest: `sha256:${"0".repeat(64)}`, size: 1 },
      config: { env: [], volumes: [] },
      layers: [{ unpackedSize: 100, createdBy: "test" }],
    } as unknown as InspectedImage["image"],
    entries: [NODE, entry("app/dist/server.js"), entry("etc/passwd")],
    async *files() {
      for (const [path, content] of Object.entries(files)) {
        yield { path, content: Buffer.from(content, "latin1"), isPublished: path.startsWith("usr/") };
      }
    },
    read: (paths) => {
      const named = Object.entries({ "etc/passwd": "root:x:0:0:::\n", ...files }).filter(([path]) =>
        paths.includes(path),
      );
      return Promise.resolve(new Map(named.map(([path, content]) => [path, Buffer.from(content, "latin1")])));
    },
    developmentOnly: ["app/node_modules/typescript"],
    secrets: new Map([["db_password", Buffer.from("correct horse battery")]]),
    budget: 150,
    runs: {
      argv: ["node", "dist/server.js"],
      healthCheck: [],
      ...{ workingDirectory: "/app", path: "/usr/local/bin:/usr/bin", mounts: [] },
      user: { uid: 10001, gid: 10001, groups: [] },
    },
    pinnedBy: "3 packages in seaworthy.lock",
    ...more,
  };
}

export function runs(more: Partial<InspectedImage["runs"]>): InspectedImage {
  const one = image();
  return { ...one, runs: { ...one.runs, ...more } };
}

export async function verdicts(subject: InspectedImage): Promise<Record<string, string>> {
  const findings = await inspectImage(subject, () => undefined);
  return Object.fromEntries(findings.map((finding) => [finding.control, finding.verdict]));
}

/** What one rule found. */
export async function findingOf(rule: string, subject: InspectedImage): Promise<Finding> {
  const rules = RULES.filter(({ id }) => id === rule);
  const [finding] = await inspectImage(subject, () => undefined, rules);
  if (finding === undefined) throw new TypeError(`expected a finding of ${rule}, found none`);
  return finding;
}
