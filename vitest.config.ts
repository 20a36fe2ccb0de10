import { defineConfig } from "vitest/config";

/**
 * What starts Docker Engines of its own: two of them at once would fight over the machine's firewall rules. With them some
 * suites more, so that both projects take about as long.
 */
const ENGINES = [
  ...["docker", "engine", "lab"].map((folder) => `test/${folder}/**/*.test.ts`),
  ...["bad-input", "build", "faults", "sabotage"].map((suite) => `test/e2e/${suite}.test.ts`),
];
/** For what hangs: a machine that is busy with the other project takes its time. */
const LIMITS = { testTimeout: 120_000, hookTimeout: 240_000 };

// Most of the time is spent waiting for containers. `npm run check` runs both projects at once, each a file at a time.
export default defineConfig({
  test: {
    maxWorkers: 1,
    projects: [
      { test: { ...LIMITS, name: "engines", include: ENGINES } },
      {
        test: {
          ...LIMITS,
          name: "product",
          include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ENGINES,
        },
      },
    ],
  },
});
