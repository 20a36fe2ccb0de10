import { describe, expect, it } from "vitest";
import { withWaivers } from "./write-waivers.ts";

const file = "/p/compose.yaml";
const by = { owner: "Ada", until: "2027-02-21" };
const pinned = { control: "pinned", service: "db", reason: "A tag: it can be moved" };
const write = (text: string, ...accepted: readonly (typeof pinned)[]): string =>
  withWaivers({ file, text }, accepted, by).text;

describe("waivers in a Compose file", () => {
  it("are written at its end, a line for each thing they say", () => {
    const text = "services: # ours\n  db:\n    image: db\n";
    expect(write(text, pinned)).toBe(`${text}
x-seaworthy:
  waivers:
    - control: pinned
      service: db
      reason: "A tag: it can be moved"
      owner: Ada
      until: "2027-02-21"
`);
  });

  it("stand behind those that are there, which keep their comments", () => {
    const text = `x-seaworthy:
  waivers:
    # agreed in March
    - { control: healthy, service: db, reason: none, owner: Bob, until: "2027-01-01" } # soon over
services: {}
`;
    expect(write(text, pinned)).toBe(
      text.replace(
        "# soon over\n",
        `# soon over
    - control: pinned
      service: db
      reason: "A tag: it can be moved"
      owner: Ada
      until: "2027-02-21"
`,
      ),
    );
  });

  it("are renewed where they stand, and the same is written twice only once", () => {
    const old = write("services: {}\n", { ...pinned, reason: "old" }).replace("2027-02-21", "2020-01-01");
    const renewed = write(old, pinned);
    expect(renewed).toBe(write("services: {}\n", pinned));
    expect(write(renewed, pinned)).toBe(renewed);
  });
});
