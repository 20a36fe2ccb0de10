import { expect, test } from "vitest";
import { pinnedBy } from "./pinned-by.ts";
import type { ServiceImage } from "./service-image.ts";

const DIGEST = `sha256:${"ab".repeat(32)}`;

test.each<[string, ServiceImage["origin"], string, string | undefined]>([
  ["by a digest", "pulled", `redis@${DIGEST}`, `${DIGEST} in its name`],
  ["by a digest beside a tag", "pulled", `registry.example:5000/redis:8@${DIGEST}`, `${DIGEST} in its name`],
  ["not by a tag", "pulled", "redis:8", undefined],
  ["not by half a digest", "pulled", "redis@sha256:abab", undefined],
  ["not by the name of one that was built here", "built from its Dockerfile", `redis@${DIGEST}`, undefined],
])("%s", (_, origin, reference, by) => {
  expect(pinnedBy({ images: [] }, { service: "cache", origin, image: { reference } })).toBe(by);
});
