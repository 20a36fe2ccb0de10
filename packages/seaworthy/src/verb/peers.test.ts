/** What other auditors look for is found here too, or is left out for a reason. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SILENT } from "../progress/progress.ts";
import { check } from "./check.ts";
import { BASE, LEFT_OUT, PEER_CHECKS, type PeerCheck } from "./peers.fixture.ts";

const DOCUMENT = join(import.meta.dirname, "../../../../docs/peers.md");
const IO: Parameters<typeof check>[1] = {
  ...{ progress: SILENT, signal: new AbortController().signal, env: {}, now: () => new Date("2026-11-23") },
  ...{ stdin: () => Promise.resolve(Buffer.alloc(0)), warn: () => undefined, onStack: () => undefined },
};

/** The claims that are breached by the smallest file of its kind. */
async function breachedBy({ dockerfile, compose = "" }: PeerCheck): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), "peers-"));
  const image = compose.startsWith("image:") ? "" : "    image: x\n";
  const [name, text] =
    dockerfile === undefined
      ? ["compose.yaml", `services:\n  app:\n${image}    ${compose}\n`]
      : ["Dockerfile", `${BASE}${dockerfile}\n`];
  try {
    await writeFile(join(directory, name), text);
    const { findings } = await check({ directory }, IO);
    return findings.filter(({ verdict }) => verdict === "breached").map(({ control }) => control);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test.each(PEER_CHECKS.map((one) => [`${one.peers.join(", ")}: ${one.claim}`, one] as const))(
  "%s",
  async (_, one) => expect(await breachedBy(one)).toContain(one.claim),
);

test("docs/peers.md is what was tried (SEAWORTHY_WRITE=1 writes it)", async () => {
  const text = document();
  if (process.env["SEAWORTHY_WRITE"] === "1") await writeFile(DOCUMENT, text);
  expect(await readFile(DOCUMENT, "utf8")).toBe(text);
});

function document(): string {
  const rows = PEER_CHECKS.map(({ claim, peers, dockerfile, compose = "" }) => {
    const line = (dockerfile ?? compose).split("\n").at(-1)?.trim() ?? "";
    const shown =
      line === "image: x"
        ? "(not declared)"
        : `\`${line.replaceAll("|", "\\|").replaceAll(/@sha256:a+/g, "")}\``;
    return `| ${peers.join(", ")} | ${dockerfile === undefined ? "Compose" : "Dockerfile"}: ${shown} | \`${claim}\` |`;
  });
  return `# What other auditors look for

Each row is a test: the smallest file that has what the others' rules are about, and the claim of \`seaworthy check\` that it breaches.
This page is written by that test (\`verb/peers.test.ts\`). What the same claims hold at run time is measured in [the matrix](matrix.md).

| rules of others | smallest file | claim here |
| --- | --- | --- |
${rows.join("\n")}

## Left out

| rules of others | why |
| --- | --- |
${LEFT_OUT.map(([peers, why]) => `| ${peers} | ${why} |`).join("\n")}
`;
}
