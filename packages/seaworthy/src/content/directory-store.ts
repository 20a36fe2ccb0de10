/** A content store in a directory: `blobs/sha256/<hex>` and `memo/<hex>`, written beside and renamed into place. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isMissing } from "../fault/errno.ts";
import { Fault } from "../fault/fault.ts";
import { type Digest, Digester, digestOf, hexOf } from "./digest.ts";
import type { Bytes, ContentStore, Stored } from "./store.ts";

export class DirectoryStore implements ContentStore {
  readonly root: string;

  /** @param root an absolute path; made on the first write. */
  constructor(root: string) {
    this.root = root;
  }

  path(digest: Digest): string {
    return join(this.root, "blobs", "sha256", hexOf(digest));
  }

  async stat(digest: Digest): Promise<Stored | undefined> {
    try {
      return { digest, size: (await stat(this.path(digest))).size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async read(digest: Digest): Promise<Uint8Array | undefined> {
    try {
      const content = await readFile(this.path(digest));
      if (digestOf(content) === digest) return content;
      await rm(this.path(digest), { force: true });
      return undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async write(content: Uint8Array | Bytes, expected?: Digest): Promise<Stored> {
    if (content instanceof Uint8Array) {
      const digest = digestOf(content);
      refuseOther(digest, expected);
      // Reading is what finds a damaged copy: the same bytes are then written again.
      if ((await this.read(digest)) !== undefined) return { digest, size: content.length };
    }
    const chunks = content instanceof Uint8Array ? [content] : content;
    const digester = new Digester();
    const temporary = join(this.root, "partial", randomBytes(12).toString("hex"));
    await writeWhole(temporary, async (append) => {
      for await (const chunk of chunks) {
        digester.update(chunk);
        await append(chunk);
      }
      refuseOther(digester.digest(), expected);
    });
    const digest = digester.digest();
    await moveInto(temporary, this.path(digest));
    return { digest, size: digester.bytes };
  }

  async recall(key: Digest): Promise<string | undefined> {
    try {
      return await readFile(this.#memo(key), "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async remember(key: Digest, value: string): Promise<void> {
    const temporary = join(this.root, "partial", randomBytes(12).toString("hex"));
    await writeWhole(temporary, (append) => append(Buffer.from(value)));
    await moveInto(temporary, this.#memo(key));
  }

  #memo(key: Digest): string {
    return join(this.root, "memo", hexOf(key));
  }
}

function refuseOther(found: Digest, expected: Digest | undefined): void {
  if (expected === undefined || found === expected) return;
  throw new Fault({
    code: "content/digest",
    message: `expected content with digest ${expected}, found ${found}`,
    hint: "The source sent something else than what was promised; try again, and if it stays, change the source.",
  });
}

async function writeWhole(
  path: string,
  produce: (append: (chunk: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "wx", 0o644);
  try {
    await produce(async (chunk) => {
      // `writeFile` on a handle continues at the current position and never writes short.
      await file.writeFile(chunk);
    });
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  await file.close();
}

async function moveInto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}
