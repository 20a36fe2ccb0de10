/** Puts the example into the package, so that `new` has it where there is no checkout. Run by npm before it packs. */
import { writeFileSync } from "node:fs";
import { readTemplate } from "../packages/seaworthy/dist/verb/template.js";

const files = await readTemplate();
writeFileSync(
  new URL("../packages/seaworthy/data/template.json", import.meta.url),
  `${JSON.stringify(files, undefined, 1)}\n`,
);
