/**
 * Asks for sockets that lead to the kernel's crypto code and to the hypervisor; nothing is sent. A kernel that has no such
 * family says so, and has been reached all the same.
 */
import { noRareSockets, RARE_FAMILIES } from "../../posture/controls/no-rare-sockets.ts";
import type { Probe } from "../probe.ts";
import { as32Bit } from "./socket-as-32-bit.ts";
import { areStopped, type NonsenseCall } from "./stopped-calls.ts";

const SOCK_SEQPACKET = 5;
const SOCK_STREAM = 1;

const CALLS: readonly NonsenseCall[] = [
  ["socket(AF_ALG, SOCK_SEQPACKET, 0)", "socket", [RARE_FAMILIES.AF_ALG, SOCK_SEQPACKET, 0]],
  ["socket(AF_VSOCK, SOCK_STREAM, 0)", "socket", [RARE_FAMILIES.AF_VSOCK, SOCK_STREAM, 0]],
  as32Bit("AF_ALG, SOCK_SEQPACKET, 0", [RARE_FAMILIES.AF_ALG, SOCK_SEQPACKET, 0]),
];

export const openRareSockets: Probe = {
  id: "open-rare-sockets",
  control: noRareSockets,
  as: "declared",
  attempt: ({ attacker }) => areStopped(attacker, CALLS),
};
