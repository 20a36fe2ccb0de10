import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { besideOriginals, readComposeTexts, replaceFile } from "./compose-files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("writing a file back", () => {
  it("keeps its mode and a link to it, and leaves nothing beside it", async () => {
    const file = join(folder, "real.yaml");
    writeFileSync(file, "a: 1\n");
    chmodSync(file, 0o640);
    symlinkSync("real.yaml", join(folder, "compose.yaml"));
    const [before] = await readComposeTexts([join(folder, "compose.yaml")]);
    if (before === undefined) throw new Error("expected a file, found none");
    await replaceFile(before, "a: 2\n");
    expect(readFileSync(file, "utf8")).toBe("a: 2\n");
    expect(statSync(file).mode & 0o7777).toBe(0o640);
    expect(lstatSync(join(folder, "compose.yaml")).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["compose.yaml", "real.yaml"]);
  });

  it("refuses when somebody changed it meanwhile, and changes nothing", async () => {
    const file = join(folder, "compose.yaml");
    writeFileSync(file, "a: 1\n");
    const [before] = await readComposeTexts([file]);
    writeFileSync(file, "a: theirs\n");
    if (before === undefined) throw new Error("expected a file, found none");
    await expect(replaceFile(before, "a: 2\n")).rejects.toMatchObject({ code: "harden/changed", exit: 2 });
    expect(readFileSync(file, "utf8")).toBe("a: theirs\n");
    expect(readdirSync(folder)).toEqual(["compose.yaml"]);
  });

  it("refuses one that is too large", async () => {
    const file = join(folder, "compose.yaml");
    writeFileSync(file, "#".repeat(600 * 1024));
    await expect(readComposeTexts([file])).rejects.toMatchObject({ code: "harden/yaml" });
  });
});

it("candidates lie beside their originals, and go", async () => {
  const text = { file: join(folder, "compose.yaml"), text: "a: 1\n" };
  writeFileSync(text.file, "a: 0\n");
  {
    await using candidates = await besideOriginals([text]);
    expect(candidates.files.map((file) => readFileSync(file, "utf8"))).toEqual(["a: 1\n"]);
    expect(readdirSync(folder).length).toBe(2);
  }
  expect(readdirSync(folder)).toEqual(["compose.yaml"]);
});
