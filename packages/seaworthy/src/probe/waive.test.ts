import type { Finding } from "@seaworthy/evidence";
import { expect, test } from "vitest";
import type { Waiver } from "../recipe/demands.ts";
import { waive } from "./waive.ts";

const said = { en: "x", ru: "x" };
const breached: Finding = {
  ...{ id: "private-network.way-out/app", control: "private-network", kind: "control", service: "app" },
  ...{ claim: said, verdict: "breached", hardened: { outcome: "breached", summary: said, steps: [] } },
};
const waiver: Waiver = {
  ...{ control: "private-network", service: "app", reason: "it calls a payment service" },
  ...{ owner: "ops", until: "2027-06-30" },
};
const on = (day: string): Date => new Date(`${day}T12:00:00Z`);

test("a breach that somebody accepts is waived to the end of the day, evidence and all", () => {
  const waived = waive(breached, [waiver], on("2027-06-30"));
  expect(waived).toMatchObject({ verdict: "waived", hardened: { outcome: "breached" } });
  expect(waived.reason?.en).toContain("ops accepts it until 2027-06-30: it calls a payment service");
});

test("after that day it is a breach again, and says so", () => {
  const expired = waive(breached, [waiver], on("2027-07-01"));
  expect(expired).toMatchObject({ verdict: "breached", reason: { en: expect.stringContaining("is over") } });
});

test.each<[string, Finding, Waiver]>([
  ["another service", breached, { ...waiver, service: "db" }],
  ["another control", breached, { ...waiver, control: "non-root" }],
  ["a claim that holds", { ...breached, verdict: "held" }, waiver],
  ["one that is unproven", { ...breached, verdict: "unproven" }, waiver],
])("%s is left as it is", (_, finding, other) => {
  expect(waive(finding, [other], on("2027-01-01"))).toBe(finding);
});
