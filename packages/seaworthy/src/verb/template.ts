/** The service that `new` starts from: the example itself, read from the checkout or as it was packed with the program. */
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export interface TemplateFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** What building, running and planning leave behind; each project makes its own. */
const MADE = ["node_modules", "dist", "secrets", ".seaworthy", "seaworthy.lock"];

/** Two folders up from here, in src/ and in dist/ alike. */
const PACKAGE = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const EXAMPLE = join(PACKAGE, "../../examples/myapp");
const PACKED = join(PACKAGE, "data/template.json");

/** In the order of their paths. */
export async function readTemplate(): Promise<readonly TemplateFile[]> {
  const isCheckout = await stat(join(EXAMPLE, "compose.yaml")).then(
    () => true,
    () => false,
  );
  if (isCheckout) return await readExample(EXAMPLE);
  return JSON.parse(await readFile(PACKED, "utf8")) as readonly TemplateFile[];
}

async function readExample(folder: string): Promise<readonly TemplateFile[]> {
  const files: TemplateFile[] = [];
  async function walk(directory: string): Promise<void> {
    const entries = await readdir(directory, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(directory, entry.name);
      if (MADE.includes(entry.name)) continue;
      if (entry.isDirectory()) await walk(path);
      else files.push({ path: relative(folder, path), text: await readFile(path, "utf8") });
    }
  }
  await walk(folder);
  return files;
}
