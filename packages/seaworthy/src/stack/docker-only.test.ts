import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readComposeFile } from "../recipe/compose.ts";
import { requireBuiltIn } from "./docker-only.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seaworthy-only-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function check(text: string): Promise<void> {
  const file = join(folder, "compose.yaml");
  writeFileSync(file, text);
  requireBuiltIn(await readComposeFile(file, {}));
}

const APP = "services:\n  app: { image: a }\n";

test.each([
  ["networks:\n  n: { external: true }", /somebody else/, 4],
  ["networks:\n  n: { driver: macvlan }", /macvlan/, 4],
  ["networks:\n  n: { enable_ipv6: true }", /IPv6/, 4],
  ["volumes:\n  v: { external: true }", /somebody else/, 4],
  ["volumes:\n  v: { driver: nfs }", /nfs/, 4],
  ["volumes:\n  v: { driver_opts: { type: nfs } }", /options/, 4],
])("%j is for a Docker Engine", async (text, message, line) => {
  await expect(check(`${APP}${text}\n`)).rejects.toMatchObject({
    code: "stack/docker-only",
    message: expect.stringMatching(message) as string,
    place: { line },
  });
});

test("so is a UDP port", async () => {
  await expect(check("services:\n  app:\n    image: a\n    ports: ['53:53/udp']\n")).rejects.toMatchObject({
    place: { line: 4 },
  });
});

test("the rest is not", async () => {
  const text =
    "networks:\n  n: { driver: bridge, internal: true }\nvolumes:\n  v: { name: own, driver: local }\n";
  await expect(check(`${APP}${text}`)).resolves.toBeUndefined();
});
