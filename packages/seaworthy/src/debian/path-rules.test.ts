import { expect, test } from "vitest";
import { isLeftOut, matcher } from "./path-rules.ts";

test.each([
  ["usr/share/man", true],
  ["usr/share/man/man1/x.1.gz", true],
  ["usr/share/manual/x", false],
  ["usr/share/doc", true],
  ["usr/share/doc/x/changelog.gz", true],
  ["usr/share/doc/x/copyright", false],
  ["usr/share/doc/x/examples/copyright", true],
  ["usr/share/common-licenses/GPL-2", false],
  ["usr/share/ca-certificates/mozilla/x.crt", false],
  ["usr/lib/locale/C.utf8/LC_CTYPE", false],
  ["usr/lib/x86_64-linux-gnu/libx.so.1", false],
  ["usr/lib/x86_64-linux-gnu/libx.a", true],
  ["usr/lib/x86_64-linux-gnu/pkgconfig/x.pc", true],
  ["etc/cron.d/x", true],
  ["etc/services", false],
])("%s: left out is %s", (path, expected) => {
  expect(isLeftOut(path)).toBe(expected);
});

test.each([
  ["usr/lib/llvmjit*", "usr/lib/llvmjit.so", true],
  ["usr/lib/llvmjit*", "usr/lib/llvmjit/x", false],
  ["usr/**", "usr", true],
  ["usr/**", "usr2", false],
  ["usr/**/x.a", "usr/x.a", true],
  ["usr/**/x.a", "usr/1/2/x.a", true],
  ["usr/{a,b}/c", "usr/b/c", true],
  ["usr/(a)+.c", "usr/(a)+.c", true],
  ["usr/a.c", "usr/abc", false],
])("%s matches %s: %s", (glob, path, expected) => {
  expect(matcher([glob])(path)).toBe(expected);
});
