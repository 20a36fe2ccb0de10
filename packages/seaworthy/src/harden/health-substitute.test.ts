import { describe, expect, it } from "vitest";
import { healthSubstitutes } from "./health-substitute.ts";

const urlOf = (command: string): string | undefined =>
  healthSubstitutes({
    argv: ["/bin/sh", "-c", command],
    ...{ interval: 1, timeout: 1, startPeriod: 1, startInterval: 1, retries: 1 },
  })
    .at(-1)
    ?.at(-1);

describe("the URL of a health check", () => {
  it.each<[string, string | undefined]>([
    ["curl -f http://localhost:8000/health || exit 1", "http://127.0.0.1:8000/health"],
    ["curl --fail -sS localhost:3000/healthz", "http://127.0.0.1:3000/healthz"],
    ["wget --no-verbose --tries=1 --spider http://127.0.0.1/ping?x=1", "http://127.0.0.1/ping?x=1"],
    ["curl -fsS 'http://x'", undefined],
    ["curl -f $URL", undefined],
    ['curl "http://a/$(cat /x)"', undefined],
    ["pg_isready -h localhost:5432", undefined],
  ])("%s", (command, url) => {
    expect(urlOf(command)).toBe(url);
  });
});
