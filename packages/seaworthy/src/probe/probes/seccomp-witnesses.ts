/**
 * Calls whose arguments are nonsense, so that the kernel can only refuse them: with EPERM or ENOSYS when the filter
 * answers, with anything else when the call reached the code behind it. None needs a capability to get that far.
 */
import { seccomp } from "../../posture/controls/seccomp.ts";
import type { Probe } from "../probe.ts";
import { areStopped, type NonsenseCall } from "./stopped-calls.ts";

const WITNESSES: readonly NonsenseCall[] = [
  ["unshare(0)", "unshare", [0]],
  ["keyctl(-1)", "keyctl", [-1, 0, 0, 0, 0]],
  ["add_key(NULL)", "add_key", [0, 0, 0, 0, 0]],
  ["bpf(9999)", "bpf", [9999, 0, 0]],
  ["perf_event_open(NULL)", "perf_event_open", [0, 0, -1, -1, 0]],
  ["io_uring_setup(0, NULL)", "io_uring_setup", [0, 0]],
  ["userfaultfd(0xffff)", "userfaultfd", [0xffff]],
  ["pidfd_getfd(-1)", "pidfd_getfd", [-1, 0, 0]],
  ["mount(bad pointer)", "mount", [1, 1, 1, 0, 0]],
  ["settimeofday(bad pointer)", "settimeofday", [1, 0]],
  ["quotactl(0)", "quotactl", [0, 0, 0, 0]],
  ["clone3(NULL)", "clone3", [0, 0]],
  ["personality(ADDR_NO_RANDOMIZE)", "personality", [0x0040000]],
];

export const seccompWitnesses: Probe = {
  id: "witness-calls",
  control: seccomp,
  as: "declared",
  attempt: ({ attacker }) => areStopped(attacker, WITNESSES),
};
