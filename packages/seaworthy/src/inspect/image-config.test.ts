import { describe, expect, test } from "vitest";
import { CONFIG_RULES } from "./image-config.ts";
import { inspectImage } from "./inspect-image.ts";
import type { InspectedImage } from "./rule.ts";

const PASSWD =
  "root:x:0:0::/:/bin/sh\napp:x:10001:10001::/:\ntoor:x:0:0::/:\nwheel:x:7:0::/:\nbad:x:y:z\nshort\n";

async function told(
  config: { user?: string; argv?: string[] },
  files: readonly (readonly [string, string])[] = [["etc/passwd", PASSWD]],
) {
  const image = {
    ...{ service: "app", entries: [{ path: "bin" }] },
    image: {
      config: {
        user: config.user ?? "",
        healthCheck: config.argv === undefined ? undefined : { argv: config.argv },
      },
    },
    async *files() {
      for (const [path, text] of files) yield { path, content: Buffer.from(text), isPublished: false };
    },
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
    ["bad", "breached"],
    ["nobody-knows", "breached"],
    ["app", "held"],
    ["10001", "held"],
    ["10002:10002", "held"],
    ["wheel:app", "held"],
  ])('"%s": %s', async (user, verdict) => {
    expect((await told({ user }))("non-root")).toBe(verdict);
  });

  test("the accounts are those of the topmost layer, and none where there are none", async () => {
    const layers = [["etc/passwd", PASSWD] as const, ["etc/passwd", "app:x:0:0::/:\n"] as const];
    expect((await told({ user: "app" }, layers))("non-root")).toBe("breached");
    expect((await told({ user: "app" }, []))("non-root")).toBe("breached");
    expect((await told({ user: "1:1" }, []))("non-root")).toBe("held");
  });
});

test("a health check is there or not", async () => {
  expect((await told({}))("healthy")).toBe("breached");
  expect((await told({ argv: ["/check"] }))("healthy")).toBe("held");
});
