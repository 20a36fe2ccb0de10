import { expect, test } from "vitest";
import { parseProfile, resolveProfile } from "./profile.ts";

const allow = (name: string, condition: object) => ({
  names: [name],
  action: "SCMP_ACT_ALLOW",
  ...condition,
});
const PROFILE = parseProfile(
  JSON.stringify({
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [
      allow("ptrace", { includes: { minKernel: "4.8" } }),
      allow("old", { excludes: { minKernel: "4.8" } }),
      allow("mount", { includes: { caps: ["CAP_SYS_ADMIN"], minKernel: "5.10" } }),
      allow("modify_ldt", { includes: { arches: ["amd64"] } }),
    ],
  }),
);

test.each([
  ["4.7.12", [], ["old", "modify_ldt"]],
  ["4.8.0-1-amd64", [], ["ptrace", "modify_ldt"]],
  ["4.19.0", ["SYS_ADMIN"], ["ptrace", "modify_ldt"]],
  ["5.9.9", ["SYS_ADMIN"], ["ptrace", "modify_ldt"]],
  ["5.10-rc1", ["SYS_ADMIN"], ["ptrace", "mount", "modify_ldt"]],
  ["6.1.0", [], ["ptrace", "modify_ldt"]],
])("on kernel %s with %j: %j", (kernel, capabilities, expected) => {
  const { syscalls } = resolveProfile(PROFILE, { kernel, capabilities, architecture: "amd64" });
  expect(syscalls.flatMap(({ names }) => names)).toEqual(expected);
});
