import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import { COMPOSE_RULES } from "../inspect/compose/rules.ts";
import { DOCKERFILE_RULES } from "../inspect/dockerfile/rules.ts";
import { controlsOf } from "../posture/controls.ts";
import { CLAIMS } from "../report/claims.ts";
import { explain } from "./explain.ts";

const HERE = import.meta.dirname;

test("every control, every rule and every claim on a stack is explained once", () => {
  const ids = CLAIMS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const named = ["../posture/controls", "../posture/stack-claims", "../inspect/rules"]
    .flatMap((folder) => readdirSync(join(HERE, folder)))
    .map((file) => file.replace(/\.ts$/, ""));
  expect(ids).toEqual(expect.arrayContaining(named));
  const sourceRules = ["../inspect/compose/rules", "../inspect/dockerfile/rules"].flatMap((folder) =>
    readdirSync(join(HERE, folder)),
  );
  expect(CLAIMS.filter(({ tested }) => tested.some(({ en }) => en.endsWith("file"))).length).toBeGreaterThan(
    40,
  );
  expect(COMPOSE_RULES.length - controlsOf("strict").length + DOCKERFILE_RULES.length).toBe(
    sourceRules.length,
  );
});

describe.each(CLAIMS)("$id", ({ about, fix, claim }) => {
  test.each(["en", "ru"] as const)("says why in two sentences (%s)", (language) => {
    expect(about.why[language].match(/[^.]+\.(?: |$)/g)).toHaveLength(2);
    expect(claim[language]).not.toMatch(/\.$/);
    expect(fix[language]).toBeTruthy();
  });

  test("says in the language that was asked for", () => {
    expect(about.why.ru).toMatch(/[а-я]/);
    expect(about.why.en).not.toMatch(/[а-я]/);
  });

  test("names versions of what it refers to", () => {
    for (const reference of about.references) {
      expect(reference).toMatch(
        /^(?:CIS-Docker@1\.6\.0:[45]\.\d{1,2}|OWASP-Docker-Security@2026-11:\d{1,2}a?|NIST-SP-800-190@2017-09:4\.[1-5]\.[1-5]|Kubernetes-PSS@restricted:[\w.]+)$/,
      );
    }
  });
});

test("by the id of a claim, or of a finding", () => {
  expect(explain("seccomp").id).toBe("seccomp");
  expect(explain("read-only-root.write-root/app")).toMatchObject({
    id: "read-only-root",
    probes: ["write-root", "undeclared-mounts"],
    about: { kubernetes: "securityContext.readOnlyRootFilesystem: true" },
  });
  expect(explain("healthy/db").tested.map(({ en }) => en)).toEqual([
    "on the whole stack and its double",
    "in the Compose file",
    "in the Dockerfile",
  ]);
  expect(explain("pinned/db").tested[0]?.en).toBe("on the image");
});

test("one that nobody knows", () => {
  const told = (id: string): string | undefined => {
    try {
      explain(id);
      return undefined;
    } catch (error) {
      return error instanceof Fault ? `${error.code}: ${error.hint}` : "another error";
    }
  };
  expect(told("secomp")).toBe("explain/unknown: Did you mean seccomp? All of them: seaworthy explain");
  expect(told("")).toBe("explain/unknown: All of them: seaworthy explain");
});
