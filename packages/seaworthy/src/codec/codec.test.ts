import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "../fault/fault.ts";
import { decompress } from "./decompress.ts";
import { gzip } from "./gzip.ts";

/** Bytes that compress like programs do, the same on every machine. */
function sample(length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    bytes[at] = at % 7 === 0 ? state >>> 16 : at >>> 4;
  }
  return bytes;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("gzip", () => {
  test("gives these bytes, on any machine", async () => {
    expect(sha256(await gzip(sample(100_000)))).toMatchInlineSnapshot(
      `"472dac5ce7ac045f1899b803e1e50104096433fe0c3635e67e8c9431150c1519"`,
    );
    expect(sha256(await gzip(sample(9 * 1024 * 1024)))).toMatchInlineSnapshot(
      `"1707a62291c0f67a0dbf4dd63f829b42ffce0c20abb1acaaa2e406368bde7d1e"`,
    );
  });

  test.each([0, 1, 511, 1024 * 1024, 17 * 1024 * 1024 + 3])(
    "%i bytes survive GNU gzip, Python and zlib",
    async (length) => {
      const plain = sample(length);
      const packed = await gzip(plain);
      expect(sha256(gunzipSync(packed))).toBe(sha256(plain));
      expect(sha256(execFileSync("gzip", ["-dc"], { input: packed, maxBuffer: 1e9 }))).toBe(sha256(plain));
      const python = "import gzip,sys; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))";
      expect(sha256(execFileSync("python3", ["-c", python], { input: packed, maxBuffer: 1e9 }))).toBe(
        sha256(plain),
      );
    },
  );
});

describe("decompress", () => {
  const plain = Buffer.from("text ".repeat(1000));
  const packed: Record<string, Buffer> = {
    gzip: gzipSync(plain),
    xz: execFileSync("xz", ["-c"], { input: plain }),
    zstd: execFileSync("zstd", ["-qc"], { input: plain }),
  };

  test.each(Object.keys(packed))("reads %s", async (format) => {
    expect(Buffer.from(await decompress(packed[format] as Buffer, 1e6))).toEqual(plain);
  });

  test("reads gzip files of several members, and gives other content as it is", async () => {
    const two = Buffer.concat([gzipSync("one"), gzipSync("two")]);
    expect(Buffer.from(await decompress(two, 100)).toString()).toBe("onetwo");
    expect(Buffer.from(await decompress(plain, 1e6))).toEqual(plain);
  });

  test.each(Object.keys(packed))("refuses a %s bomb", async (format) => {
    await expect(decompress(packed[format] as Buffer, 100)).rejects.toMatchObject({
      code: "codec/too-large",
    });
  });

  test.each(Object.keys(packed))("refuses every truncation of %s", async (format) => {
    const whole = packed[format] as Buffer;
    for (let length = 7; length < whole.length; length += 1) {
      await expect(decompress(whole.subarray(0, length), 1e6)).rejects.toBeInstanceOf(Fault);
    }
  });

  // The zstd reader does not look at checksums: what it reads was checked by SHA-256 before.
  test.each(["gzip", "xz"])("a flipped bit in %s is a fault or changes nothing", async (format) => {
    const whole = packed[format] as Buffer;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
        const flipped = Buffer.from(whole);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        try {
          // A bit of the magic makes it another file; a bit of a header may mean nothing.
          const result = Buffer.from(await decompress(flipped, 1e6));
          expect(bit < 48 || result.equals(plain)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("random bytes after a magic are a fault", async () => {
    for (const whole of Object.values(packed)) {
      const junk = Buffer.concat([whole.subarray(0, 6), randomBytes(500)]);
      await expect(decompress(junk, 1e6)).rejects.toBeInstanceOf(Fault);
    }
  });
});

test("the tools of these tests are here", () => {
  for (const tool of ["gzip", "xz", "zstd", "python3"])
    expect(spawnSync(tool, ["--version"]).status, tool).toBe(0);
});
