/** Asks for a socket to the kernel's routing tables, by either door; nothing is sent. */
import { noNetlink } from "../../posture/controls/no-netlink.ts";
import { AF_NETLINK } from "../../posture/seccomp/strict-profile.ts";
import type { Probe } from "../probe.ts";
import { as32Bit } from "./socket-as-32-bit.ts";
import { areStopped, type NonsenseCall } from "./stopped-calls.ts";

const SOCK_RAW = 3;
const NETLINK_ROUTE = 0;

const CALLS: readonly NonsenseCall[] = [
  ["socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)", "socket", [AF_NETLINK, SOCK_RAW, NETLINK_ROUTE]],
  as32Bit("AF_NETLINK, SOCK_RAW, NETLINK_ROUTE", [AF_NETLINK, SOCK_RAW, NETLINK_ROUTE]),
];

export const openNetlink: Probe = {
  id: "open-netlink",
  control: noNetlink,
  as: "declared",
  attempt: ({ attacker }) => areStopped(attacker, CALLS),
};
