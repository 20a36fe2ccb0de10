import { expect, test } from "vitest";
import { vouchFor } from "../content/verified.ts";
import { parseRelease, type ReleaseExpectation } from "./release.ts";

const HEX = "ab".repeat(32);
const TEXT = `Origin: Debian
Suite: stable-security
Codename: trixie-security
Date: Sat, 21 Nov 2026 00:53:03 UTC
Valid-Until: Sat, 28 Nov 2026 00:53:03 UTC
Acquire-By-Hash: yes
MD5Sum:
 d41d8cd98f00b204e9800998ecf8427e 0 main/binary-amd64/Packages
SHA256:
 ${HEX}   378100 main/binary-amd64/Packages.xz
`;
const parse = (text: string, change: Partial<ReleaseExpectation> = {}) =>
  parseRelease(vouchFor(text, "test"), {
    suite: "trixie-security",
    now: new Date("2026-11-23T00:00:00Z"),
    ...change,
  });

test("gives what the resolver's index is checked against", () => {
  const release = parse(TEXT);
  expect(release).toMatchObject({
    suite: "trixie-security",
    acquireByHash: true,
    date: new Date("2026-11-21T00:53:03Z"),
  });
  expect([...release.files]).toEqual([
    ["main/binary-amd64/Packages.xz", { digest: `sha256:${HEX}`, size: 378100 }],
  ]);
});

test("may be asked for by suite or by code name", () => {
  expect(parse(TEXT, { suite: "stable-security" }).suite).toBe("stable-security");
});

test.each([
  ["another suite", TEXT, { suite: "bookworm-security" }, "debian/suite"],
  ["after Valid-Until", TEXT, { now: new Date("2026-11-29T00:00:00Z") }, "debian/expired"],
  ["long before its Date", TEXT, { now: new Date("2026-11-01T00:00:00Z") }, "debian/expired"],
  ["older than the lock's", TEXT, { notBefore: new Date("2026-11-22T00:00:00Z") }, "debian/rollback"],
  ["without a date", TEXT.replace(/Date: .*\n/, ""), {}, "debian/control"],
  ["with a date in local time", TEXT.replace("00:53:03 UTC", "00:53:03"), {}, "debian/control"],
  ["without SHA256", TEXT.slice(0, TEXT.indexOf("SHA256")), {}, "debian/control"],
  ["with a checksum cut short", TEXT.replace(HEX, HEX.slice(1)), {}, "debian/control"],
  ["empty", "", {}, "debian/control"],
])("%s: refused", (_, text, change, code) => {
  expect(() => parse(text, change)).toThrow(expect.objectContaining({ code, exit: 2 }));
});

test("the lock's own release, and one without Valid-Until, are good", () => {
  expect(parse(TEXT, { notBefore: new Date("2026-11-21T00:53:03Z") })).toBeDefined();
  expect(parse(TEXT.replace(/Valid.*\n/, ""), { now: new Date("2030-01-01T00:00:00Z") })).toBeDefined();
});
