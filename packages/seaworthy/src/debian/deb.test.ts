import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import { readAr } from "./ar.ts";
import { makeDeb } from "./deb.fixture.ts";
import { readDeb } from "./deb.ts";

describe.each(["xz", "gzip", "zstd", "none"])("a package that dpkg-deb packed with %s", (compression) => {
  test("has the control fields and files it was made of", async () => {
    const deb = await readDeb(makeDeb({ "usr/bin/x": { text: "hello" } }, compression).bytes);
    expect(deb.control.get("version")).toBe("1:2.0-1");
    expect(deb.controlText).toContain("Package: sample\n");
    const file = [...deb.data].find((entry) => entry.name === "./usr/bin/x");
    expect(Buffer.from(file?.content ?? []).toString()).toBe("hello");
  });
});

describe("hostile archives", () => {
  const { bytes } = makeDeb({ "usr/bin/x": { text: "hello" } });

  test("every truncation is a fault", async () => {
    for (let length = 0; length < bytes.length - 1; length += 3) {
      await expect(readDeb(bytes.subarray(0, length))).rejects.toBeInstanceOf(Fault);
    }
  });

  test("random changes give a package or a fault, never another error", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, value) => {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        await readDeb(changed).then(
          (deb) => expect(deb.control.size).toBeGreaterThan(0),
          (error: unknown) => expect(error).toBeInstanceOf(Fault),
        );
      }),
    );
  });

  test("a second data archive, and one without control, are refused", async () => {
    const tail = bytes.subarray(bytes.indexOf("data.tar.xz"));
    await expect(readDeb(Buffer.concat([bytes, tail]))).rejects.toMatchObject({ code: "debian/deb" });
    await expect(readDeb(Buffer.concat([bytes.subarray(0, 72), tail]))).rejects.toMatchObject({
      code: "debian/deb",
    });
  });
});

test("members are named in order, with padding between and perhaps none at the end", () => {
  const { bytes } = makeDeb({});
  expect(readAr(bytes).map(({ name }) => name)).toEqual(["debian-binary", "control.tar.xz", "data.tar.xz"]);
});
