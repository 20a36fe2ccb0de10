import { expect, test } from "vitest";
import type { Attempt, Step } from "./finding.ts";
import { sideBySide } from "./side-by-side.ts";

const said = (text: string) => ({ en: text, ru: text });
const mechanism = said("the seccomp filter");
const attempt = (outcome: Attempt["outcome"], steps: readonly (readonly [string, string])[]): Attempt => ({
  ...{ outcome, summary: said(outcome) },
  steps: steps.map(([did, saw]): Step => ({ did, saw })),
});

test("what came to something else in the twin was refused by what the twin lacks", () => {
  const hardened = attempt("refused", [
    ["unshare(0)", "EPERM"],
    ["clone3(NULL)", "ENOSYS"],
    ["reboot()", "EPERM"],
    ["init_module()", "ENOSYS"],
    ["getpid()", "7"],
    ["read(/proc/keys)", "0 bytes"],
  ]);
  const twin = attempt("breached", [
    ["unshare(0)", "0"],
    ["clone3(NULL)", "EINVAL"],
    ["reboot()", "EPERM"],
    ["init_module()", "ENOSYS"],
    ["getpid()", "9"],
    ["read(/proc/keys)", "120 bytes"],
  ]);
  const rows = sideBySide({ hardened, twin, mechanism });
  expect(rows.map(({ refusedBy }) => refusedBy)).toEqual([
    ...[mechanism, mechanism, "unknown", undefined, undefined, mechanism],
  ]);
});

test("acts of one side stand alone and are attributed to nothing", () => {
  const hardened = attempt("refused", [
    ["a", "EPERM"],
    ["only here", "EPERM"],
    ["b", "EPERM"],
  ]);
  const twin = attempt("breached", [
    ["a", "0"],
    ["only there", "0"],
    ["b", "0"],
    ["after", "0"],
  ]);
  expect(sideBySide({ hardened, twin, mechanism })).toEqual([
    { did: "a", declared: "EPERM", twin: "0", refusedBy: mechanism },
    { did: "only here", declared: "EPERM" },
    { did: "only there", twin: "0" },
    { did: "b", declared: "EPERM", twin: "0", refusedBy: mechanism },
    { did: "after", twin: "0" },
  ]);
});

test("without a twin, and without a mechanism, nobody is named", () => {
  const hardened = attempt("breached", [["a", "EPERM"]]);
  expect(sideBySide({ hardened })).toEqual([{ did: "a", declared: "EPERM" }]);
  const twin = attempt("breached", [["a", "0"]]);
  expect(sideBySide({ hardened, twin })).toEqual([{ did: "a", declared: "EPERM", twin: "0" }]);
  expect(sideBySide({})).toEqual([]);
});
