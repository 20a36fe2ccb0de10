/**
 * The rank table of packages/seaworthy/src, as data. A file imports its own folder and lower ranks: never sideways, never up.
 * `test/arch/ranks.test.ts` runs these rules, counts what they saw, and plants a violation to see them bite.
 */
const RANKS = [
  ["fault", "progress"],
  ["content"],
  ["tree"],
  ["codec", "tar", "shell", "net", "trampoline"],
  ["oci", "debian", "npm"],
  ["rootfs"],
  ["recipe", "engine"],
  ["plan", "posture"],
  ["build", "engine/runc", "engine/docker"],
  ["stack"],
  ["stack/runc", "stack/docker"],
  ["harden"],
  ["learn"],
  ["probe", "inspect"],
  ["report"],
  ["verb"],
  ["cli"],
];
const ROOT = "^packages/seaworthy/src/";

/** `engine/` and `stack/` mean their own files, not the folders below them, which have ranks of their own. */
function folderPattern(folder) {
  const nested = RANKS.flat().filter((other) => other.startsWith(`${folder}/`));
  const except = nested.map((other) => `(?!${other.slice(folder.length + 1)}/)`).join("");
  return `${ROOT}${folder}/${except}`;
}

const forbidden = RANKS.flatMap((folders, rank) =>
  folders.map((folder) => ({
    name: `rank-${rank}-${folder.replace("/", "-")}`,
    comment: `${folder}/ has rank ${rank}: it may import itself and lower ranks only`,
    severity: "error",
    from: { path: folderPattern(folder) },
    to: {
      path: RANKS.slice(rank)
        .flat()
        .filter((other) => other !== folder)
        .map(folderPattern)
        .concat(`${ROOT}index\\.ts$`),
    },
  })),
);

module.exports = {
  ranks: RANKS,
  forbidden: [
    ...forbidden,
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "evidence-stands-alone",
      comment: "packages/evidence has no I/O and no dependencies",
      severity: "error",
      from: { path: "^packages/evidence/src", pathNot: "\\.test\\.ts$" },
      to: { pathNot: "^packages/evidence/src" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "packages/seaworthy/tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
