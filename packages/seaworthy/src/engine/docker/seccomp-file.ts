/** A seccomp profile as a file, for Podman: it takes the path of one where Docker takes the text. */
import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf, hexOf } from "../../content/digest.ts";
import { resolveSeccomp } from "../../posture/seccomp/resolve.ts";
import type { Container } from "../container.ts";
import type { DockerClient } from "./client.ts";

/**
 * Named by what is in it, so that the few there are can stay for the containers that are started again.
 * @returns `undefined` where no file of ours is of use: Docker, another machine
 */
export async function seccompFile(
  { flavor }: Pick<DockerClient, "flavor">,
  { local }: { readonly local: boolean },
  { seccomp, capabilities, image, extras }: Container,
): Promise<string | undefined> {
  const own = seccomp === "unconfined" ? undefined : extras?.seccompProfile;
  if (flavor !== "podman" || !local || (seccomp !== "default" && own === undefined)) return undefined;
  const subject = { capabilities, architecture: image.config.architecture };
  const text = own ?? JSON.stringify(resolveSeccomp(subject));
  const folder = join(tmpdir(), `seaworthy-seccomp-${process.getuid?.() ?? 0}`);
  const file = join(folder, `${hexOf(digestOf(text)).slice(0, 16)}.json`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const written = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(written, text);
  await rename(written, file);
  return file;
}
