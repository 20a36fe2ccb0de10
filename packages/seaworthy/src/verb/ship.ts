/** `ship`: plan, build, up, prove, report, and down again. */
import type { Language } from "../report/render/language.ts";
import { prove } from "./prove.ts";
import { type Proof, writeProof } from "./report.ts";
import type { UpOptions } from "./up.ts";
import type { VerbIo } from "./verb.ts";

export interface ShipOptions extends UpOptions {
  readonly language: Language;
}

/** The report's exit code says whether every claim held. */
export async function ship(options: ShipOptions, io: VerbIo): Promise<Proof> {
  return await writeProof(await prove(options, io), options.language, io);
}
