/** OCI layouts for tests, put together by hand: nothing of them comes from the code that is tested. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzip } from "../codec/gzip.ts";
import { digestOf } from "../content/digest.ts";
import { TAR_END, writeEntry } from "../tar/write.ts";
import type { Entry } from "../tree/tree.ts";

/** Media types begin with this. */
export const IMAGE = "application/vnd.oci.image.";
const TAG = "org.opencontainers.image.ref.name";

export interface Pointer {
  mediaType: string;
  digest: string;
  size: number;
  platform?: object;
  annotations?: object;
}

export class Layout {
  readonly folder: string;

  constructor(root: string) {
    this.folder = join(root, "layout");
    mkdirSync(join(this.folder, "blobs/sha256"), { recursive: true });
    writeFileSync(join(this.folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  }

  put(content: Uint8Array | object, mediaType: string): Pointer {
    const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
    const digest = digestOf(bytes);
    writeFileSync(this.blob(digest), bytes);
    return { mediaType, digest, size: bytes.length };
  }

  blob(digest: string): string {
    return join(this.folder, "blobs/sha256", digest.slice("sha256:".length));
  }

  /** One file in one layer. */
  async image(
    text: string,
    {
      architecture = "amd64",
      variant = "",
      user = "7:7",
    }: Partial<Record<"architecture" | "variant" | "user", string>> = {},
  ): Promise<Pointer> {
    const plain = Buffer.concat([writeEntry(file("note", text)), TAR_END]);
    const layer = this.put(await gzip(plain), `${IMAGE}layer.v1.tar+gzip`);
    const config = this.put(
      {
        ...{
          architecture,
          os: "linux",
          config: { User: user },
          rootfs: { type: "layers", diff_ids: [digestOf(plain)] },
        },
        ...(variant === "" ? {} : { variant }),
        history: [{ created_by: "set nothing", empty_layer: true }, { created_by: text }],
      },
      `${IMAGE}config.v1+json`,
    );
    return this.put({ schemaVersion: 2, config, layers: [layer] }, `${IMAGE}manifest.v1+json`);
  }

  index(manifests: readonly Pointer[]): Pointer {
    return this.put({ schemaVersion: 2, manifests }, `${IMAGE}index.v1+json`);
  }

  write(manifests: readonly (object | null)[]): string {
    writeFileSync(join(this.folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
    return this.folder;
  }
}

export function file(path: string, text: string): Entry {
  const reason = { kind: "rule", origin: "test", because: "test" } as const;
  return { kind: "file", path, mode: 0o644, uid: 0, gid: 0, content: Buffer.from(text), reason };
}

/** The same image under each of these names. */
export function tagged(pointer: Pointer, ...tags: string[]): Pointer[] {
  return tags.map((tag) => ({ ...pointer, annotations: { [TAG]: tag } }));
}
