import { describe, expect, test } from "vitest";
import { entry, findingOf, image, NODE, runs } from "./image.fixture.ts";

const RULE = "no-build-tools";
const PROGRAMS = [NODE, entry("usr/bin/curl"), entry("usr/bin/sh")];

test.each([
  ...["usr/bin/cc", "usr/bin/g++-12", "usr/bin/ld.bfd", "bin/make", "usr/sbin/tcpdump", "usr/bin/ssh"],
  ...["usr/bin/aarch64-linux-gnu-gcc", "usr/bin/i686-linux-gnu-as", "usr/bin/clang-15", "usr/local/bin/gdb"],
])("%s is a tool", async (path) => {
  expect((await findingOf(RULE, image({ entries: [NODE, entry(path)] }))).verdict).toBe("breached");
});

test.each([
  ...["usr/lib/gcc", "usr/share/bash-completion/curl", "app/node_modules/.bin/make", "usr/bin/ccache-x"],
  ...["usr/bin/makedb", "usr/bin/ldd", "usr/sbin/ldconfig", "usr/bin/ssl", "usr/bin/assh", "opt/x/bin/curl"],
])("%s is none", async (path) => {
  expect((await findingOf(RULE, image({ entries: [NODE, entry(path)] }))).verdict).toBe("held");
});

describe("what the service calls is no tool left about", () => {
  test.each([
    ["as its program", { argv: ["/usr/bin/curl", "x"] }],
    ["as its health check", { healthCheck: ["curl", "-f", "http://localhost"] }],
    ["in a line of a shell", { healthCheck: ["/bin/sh", "-c", "curl -f x || exit 1"] }],
  ])("%s", async (_, more) => {
    const found = await findingOf(RULE, { ...runs(more), entries: PROGRAMS });
    expect(found.verdict).toBe("held");
    expect(found.hardened?.summary.en).toContain("but what the service calls (curl)");
    const other = { ...runs(more), entries: [...PROGRAMS, entry("usr/bin/wget")] };
    expect((await findingOf(RULE, other)).verdict).toBe("breached");
  });
  test("an argument of its name is not calling it", async () => {
    const found = await findingOf(RULE, { ...runs({ argv: ["node", "curl"] }), entries: PROGRAMS });
    expect(found.verdict).toBe("breached");
  });
});

test("of a backing service's image nothing is asked", async () => {
  expect((await findingOf(RULE, image({ role: "backing", entries: PROGRAMS }))).verdict).toBe("absent");
});
