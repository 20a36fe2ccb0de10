/** The state of a stack as its supervisor writes it down: whole on every change, for whoever wants to know. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { isMissing } from "../../fault/errno.ts";
import type { ProcessIdentity } from "../../shell/process-identity.ts";
import type { StackState } from "../state.ts";

export interface SupervisedState extends StackState {
  readonly supervisor: ProcessIdentity;
}

/** Renamed into place: a reader sees the old or the new, never a half. */
export async function writeState(file: string, state: SupervisedState): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(state, undefined, 2));
  await rename(`${file}.new`, file);
}

export async function readState(file: string): Promise<SupervisedState | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as SupervisedState;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
