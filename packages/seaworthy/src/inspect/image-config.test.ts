import { describe, expect, test } from "vitest";
import { CONFIG_RULES } from "./image-config.ts";
import { inspectImage } from "./inspect-image.ts";
import type { InspectedImage } from "./rule.ts";

const PASSWD =
  "root:x:0:0::/:/bin/sh\napp:x:10001:10001::/:\ntoor:x:0:0::/:\nwheel:x:7:0::/:\nbad:x:y:z\nshort\n";

async function told(
  config: { user?: string; argv?: string[] },
  files: Record<string, string> = { "etc/passwd": PASSWD, "etc/group": "app:x:10001:\n" },
) {
  const image = {
    ...{ service: "app", entries: [{ path: "bin" }] },
    image: {
      config: {
        user: config.user ?? "",
        healthCheck: config.argv === undefined ? undefined : { argv: config.argv },
      },
    },
    read: () =>
      Promise.resolve(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))),
  } as unknown as InspectedImage;
  const findings = await inspectImage(image, () => undefined, CONFIG_RULES);
  return (control: string) => findings.find((one) => one.control === control)?.verdict;
}

describe("the user of a configuration", () => {
  test.each([
    ["", "breached"],
    ["root", "breached"],
    ["0", "breached"],
    ["000:10001", "breached"],
    ["10001:0", "breached"],
    ["10001:root", "breached"],
    // Nobody's number is of root's group, as the engines start it.
    ["10002", "breached"],
    ["toor", "breached"],
    ["wheel", "breached"],
    // No engine starts it.
    ["bad", "unproven"],
    ["nobody-knows", "unproven"],
    ["app:nobody-knows", "unproven"],
    ["app", "held"],
    ["10001", "held"],
    ["10002:10002", "held"],
    ["wheel:app", "held"],
  ])('"%s": %s', async (user, verdict) => {
    expect((await told({ user }))("non-root")).toBe(verdict);
  });

  test("without accounts only numbers mean somebody", async () => {
    expect((await told({ user: "app" }, {}))("non-root")).toBe("unproven");
    expect((await told({ user: "root" }, {}))("non-root")).toBe("breached");
    expect((await told({ user: "1:1" }, {}))("non-root")).toBe("held");
  });
});

test("a health check is there or not", async () => {
  expect((await told({}))("healthy")).toBe("breached");
  expect((await told({ argv: ["/check"] }))("healthy")).toBe("held");
});
