/** The services of the Compose file here, for a shell that completes a word: quick, and silent whatever is wrong. */
import { readComposeFiles } from "../recipe/compose.ts";
import { findComposeFiles } from "../recipe/find-compose-files.ts";

export async function serviceNames(
  environment: Readonly<Record<string, string | undefined>>,
  directory = ".",
): Promise<readonly string[]> {
  try {
    const files = await findComposeFiles({ directory }, environment);
    return [...(await readComposeFiles(files, environment, { profiles: ["*"] })).services.keys()];
  } catch {
    return [];
  }
}
