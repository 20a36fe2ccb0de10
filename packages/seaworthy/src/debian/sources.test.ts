import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findMirrors } from "./sources.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "apt-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function find(files: Record<string, string>, env: Record<string, string> = {}, mirror?: string) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return findMirrors({ mirror, env, aptDirectory: directory });
}

const STANZAS = `# comment
Types: deb deb-src
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main
`;
const LIST = `
# deb http://commented.example/debian bookworm main
deb-src http://source.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian trixie main contrib # why
deb http://security.example/debian-security trixie-security main
`;
const THIRD_PARTY = `deb https://vendor.example/node_20.x nodistro main
deb https://vendor.example/sdk cloud-sdk-bookworm main
deb https://vendor.example/pg bookworm-pgdg main
deb https://vendor.example/linux/debian bookworm stable
deb https://vendor.example/apt stable main
`;

test.each([
  ["deb822", { "sources.list.d/debian.sources": STANZAS }, "http://mirror.example/debian"],
  ["one line each", { "sources.list": LIST }, "https://mirror.example/debian"],
  [
    "third parties first",
    { "sources.list.d/a.list": THIRD_PARTY, "sources.list.d/b.sources": STANZAS },
    "http://mirror.example/debian",
  ],
])("%s", async (_, files, main) => {
  expect(await find(files as unknown as Record<string, string>)).toEqual({
    main,
    security: "http://security.example/debian-security",
  });
});

test("the option is before the environment, and that before apt; the security archive lies beside", async () => {
  const files = { "sources.list": LIST };
  const env = { SEAWORTHY_DEBIAN_MIRROR: "http://env.example/debian" };
  expect(await find(files, env, "http://option.example/debian/")).toEqual({
    main: "http://option.example/debian",
    security: "http://option.example/debian-security",
  });
  expect((await find(files, env)).main).toBe("http://env.example/debian");
  const both = { ...env, SEAWORTHY_DEBIAN_SECURITY_MIRROR: "http://sec.example/s" };
  expect((await find(files, both)).security).toBe("http://sec.example/s");
});

test.each([
  ["nothing", {}],
  [
    "a disabled stanza",
    {
      "sources.list.d/x.sources": STANZAS.replaceAll("Types: deb\n", "Types: deb\nEnabled: no\n").replace(
        "Types: deb deb-src",
        "Enabled: no\nTypes: deb",
      ),
    },
  ],
  [
    "files of other kinds",
    { "sources.list.d/x.sources.bak": STANZAS, "sources.list": "deb cdrom:[Debian]/ bookworm main" },
  ],
  ["another distribution", { "sources.list": "deb http://mirror.example/ubuntu noble main" }],
])("%s: a fault that says how to give one", async (_, files) => {
  await expect(find(files as Record<string, string>)).rejects.toMatchObject({
    code: "debian/no-mirror",
    hint: expect.stringContaining("SEAWORTHY_DEBIAN_MIRROR") as string,
  });
});

test("a mirror that is no URL, or has no known security archive, is refused", async () => {
  await expect(find({}, {}, "ftp://mirror.example/debian")).rejects.toMatchObject({
    code: "debian/mirror-url",
  });
  await expect(find({}, {}, "http://mirror.example/other")).rejects.toMatchObject({
    code: "debian/no-mirror",
  });
});
