/** A health check where there was none, or one that the image can run in place of one that it cannot. */
import { isDeepStrictEqual } from "node:util";
import type { Draft } from "./draft.ts";

const TIMES = { interval: "5s", timeout: "3s", retries: 3, start_period: "30s" };

export function changeHealthCheck({ before, after, path, add, placed }: Draft): void {
  const [old, now] = [before.healthCheck, after.healthCheck];
  if (now === undefined || isDeepStrictEqual(old?.argv, now.argv)) return;
  const test = ["CMD", ...now.argv.map(escaped)];
  if (old === undefined) {
    const what = `healthcheck: { test: [CMD, ${now.argv.join(", ")}] }`;
    add("healthcheck", what, "whether it works can be seen", [
      placed(path("healthcheck"), { test, ...TIMES }, ""),
    ]);
    return;
  }
  const what = `healthcheck: { test: [CMD, ${now.argv[0]}, ...] }`;
  add("healthcheck", what, `${old.argv.join(" ")} cannot run in this image`, [
    placed(path("healthcheck", "test"), test, ""),
    ...(old.startPeriod === now.startPeriod
      ? []
      : [placed(path("healthcheck", "start_period"), TIMES.start_period)]),
  ]);
}

/** A dollar sign begins a variable otherwise. */
function escaped(text: string): string {
  return text.replaceAll("$", "$$$$");
}
