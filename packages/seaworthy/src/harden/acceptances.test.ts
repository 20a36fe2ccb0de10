import type { Finding, Verdict } from "@seaworthy/evidence";
import { describe, expect, it } from "vitest";
import type { BindMount } from "../engine/container.ts";
import { acceptances, type Circumstances } from "./acceptances.ts";
import type { Needs } from "./needs.ts";
import { fakeService } from "./world.fixture.ts";

const NEEDS: Needs = {
  user: { uid: 0, gid: 0, groups: [] },
  ...{ grants: ["SETUID"], init: false, scratch: [], data: [], publish: [], expose: [] },
  limits: { memory: undefined, pids: undefined, cpus: undefined },
};
const PULLED: Circumstances = {
  ...{ service: fakeService("db"), origin: "pulled", seen: undefined, isClosedIn: true },
  found: {
    needs: NEEDS,
    code: [],
    trials: [{ needs: { ...NEEDS, grants: [] }, worked: false, problem: "ended with exit code 1" }],
  },
};

function bind(source: string): BindMount {
  return { kind: "bind", source, target: "/src", readOnly: true };
}

function reasonFor(control: string, verdict: Verdict, own: Partial<Circumstances> = {}): string | undefined {
  const claim = { en: "a claim", ru: "утверждение" };
  const finding = { id: `${control}/db`, control, kind: "control", service: "db", claim, verdict } as Finding;
  return acceptances([finding], new Map([["db", { ...PULLED, ...own }]]))[0]?.reason;
}

describe("what may be accepted", () => {
  it.each([
    ["the contents of an image", "no-set-id-files", {}, /no-new-privileges/],
    ["a tag", "pinned", {}, /image: name@sha256/],
    [
      "code of the service's own user, which nobody can write to",
      "unchangeable-code",
      { service: fakeService("db", { readOnlyRoot: true }) },
      /read-only root/,
    ],
    [
      "accounts that nobody can become",
      "sound-accounts",
      { service: fakeService("db", { noNewPrivileges: true }) },
      /no-new-privileges/,
    ],
    [
      "what a Dockerfile copied along",
      "no-leftovers",
      { origin: "built from its Dockerfile" },
      /\.dockerignore/,
    ],
    ["what a package holds", "no-leftovers", { origin: "assembled" }, /files in package\.json/],
    ["what a Dockerfile leaves behind", "no-shell", { origin: "built from its Dockerfile" }, /final stage/],
    ["a route in an internal network", "private-network", {}, /upgrade the engine/],
    [
      "a shell that it is written for",
      "no-shell",
      { origin: "assembled", service: fakeService("db", { argv: ["/bin/sh", "/jobs.sh"] }) },
      /shell script/,
    ],
    [
      "a folder of the machine",
      "host-paths",
      { service: fakeService("db", { mounts: [bind("/home/me/src")] }) },
      /\/src \(read-only\)/,
    ],
    ["a capability, with what happened without it", "capabilities", {}, /needs SETUID: .*exit code 1/],
    ["root, with what happened without it", "non-root", {}, /must start as root/],
  ] as const)("%s", (_, control, own, reason) => {
    expect(reasonFor(control, "breached", own)).toMatch(reason);
  });

  it.each([
    ["what holds", "pinned", "held", {}],
    ["what nobody could find out", "pinned", "unproven", {}],
    ["what a key of the Compose file mends", "memory-limit", "breached", {}],
    ["a control that it was not seen to need loosened", "read-only-root", "breached", {}],
    [
      "code that it can really change",
      "unchangeable-code",
      "breached",
      { service: fakeService("db", { readOnlyRoot: false }) },
    ],
    ["a secret in an image", "no-secrets", "breached", {}],
    ["a shell that its packages only bring along", "no-shell", "breached", { origin: "assembled" }],
    [
      "the engine's socket",
      "host-paths",
      "breached",
      { service: fakeService("db", { mounts: [bind("/run/docker.sock")] }) },
    ],
    ["a missing health check where nobody could look", "healthy", "breached", {}],
    ["an open network that it does not need", "private-network", "breached", { isClosedIn: false }],
  ] as const)("not %s", (_, control, verdict, own) => {
    expect(reasonFor(control, verdict, own)).toBeUndefined();
  });
});
