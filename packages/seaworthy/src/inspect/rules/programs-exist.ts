/** A program that is not in the image fails when it is called: a health check at once, an entrypoint at the next start. */
import { posix } from "node:path";
import type { Step } from "@seaworthy/evidence";
import { calledPrograms } from "../called-programs.ts";
import type { InspectedImage, Rule, RuleResult } from "../rule.ts";

export const programsExist: Rule = {
  id: "programs-exist",
  claim: {
    en: "The program that runs, and the one that checks its health, are in the image",
    ru: "Программа службы и программа её проверки есть в образе",
  },
  fix: {
    en: "name a program that the image has: for a health check that of its own language, in exec form",
    ru: "укажите программу, которая есть в образе: для проверки — средствами самого языка, в форме exec",
  },
  key: "image",
  about: {
    severity: "medium",
    why: {
      en: "A health check that calls curl in an image without it fails for ever, so nobody believes it when it tells the truth. An entrypoint that is missing shows only at the next start.",
      ru: "Проверка, которая вызывает curl в образе без него, не проходит никогда, и ей перестают верить, когда она говорит правду. Отсутствие entrypoint обнаружится только при следующем запуске.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:4.6"],
  },
  check(image): RuleResult {
    const { runs } = image;
    const steps: Step[] = [];
    const missing: string[] = [];
    const uses = [
      ...calledPrograms(runs.argv).map((program) => ["command", program] as const),
      ...calledPrograms(runs.healthCheck).map((program) => ["health check", program] as const),
    ];
    for (const [use, program] of uses) {
      const found = lookUp(program, image);
      if (found === "elsewhere") continue;
      steps.push({ did: `looked for ${program} (${use})`, saw: found ?? "not in the image" });
      if (found === undefined) missing.push(`${program} (${use})`);
    }
    if (missing.length > 0) {
      return {
        verdict: "breached",
        summary: { en: `not in the image: ${missing.join(", ")}`, ru: `нет в образе: ${missing.join(", ")}` },
        steps,
      };
    }
    if (steps.length === 0) {
      const text = "nothing of the image is run: its programs are mounted, or cannot be told";
      return { verdict: "absent", summary: { en: text, ru: "из образа ничего не запускается" }, steps };
    }
    return {
      verdict: "held",
      summary: { en: `all ${steps.length} are there`, ru: `все на месте: ${steps.length}` },
      steps,
    };
  },
};

/** @returns the path, `elsewhere` for what is mounted or behind a link, `undefined` when it is not there */
function lookUp(program: string, { entries, runs }: InspectedImage): string | undefined {
  const paths = new Set(entries.filter(({ kind }) => kind !== "directory").map(({ path }) => `/${path}`));
  const links = new Set(entries.filter(({ kind }) => kind === "symlink").map(({ path }) => `/${path}`));
  const folders = program.includes("/") ? [""] : runs.path.split(":");
  const candidates = folders.map((folder) =>
    posix.resolve(program.includes("/") ? runs.workingDirectory : folder, program),
  );
  if (
    candidates.some((path) => runs.mounts.some((target) => path === target || path.startsWith(`${target}/`)))
  )
    return "elsewhere";
  const there = candidates.find((path) => paths.has(path));
  if (there !== undefined) return there;
  const merged = candidates.find((path) => MERGED.test(path) && paths.has(`/usr${path}`));
  if (merged !== undefined) return merged;
  // Any other folder that is a link is not followed here: what lies behind it cannot be told.
  const isBehindLink = (path: string): boolean =>
    !MERGED.test(path) && [...links].some((link) => path.startsWith(`${link}/`));
  return candidates.some(isBehindLink) ? "elsewhere" : undefined;
}

/** Links to folders of the same name in /usr, on every system of today. */
const MERGED = /^\/(?:s?bin|lib(?:32|64|x32)?)\//;
