/** Reads `security_opt:` (both `=` and `:` forms, as Docker does) and the profiles they name. */
import { resolve } from "node:path";
import { Fault } from "../fault/fault.ts";
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectList, expectString } from "./expect.ts";
import { readTextFile } from "./text-file.ts";

export interface SecurityOptions {
  readonly noNewPrivileges: boolean;
  /** `undefined` leaves it to `privileged`. */
  readonly seccomp: "default" | "unconfined" | undefined;
  readonly systemPaths: "unconfined" | undefined;
  /** A seccomp profile of the user's own: its JSON, as Docker takes it. */
  readonly seccompProfile?: string;
  readonly apparmor?: string;
  /** What is none of these, as written: `label=disable`. */
  readonly others?: readonly string[];
}

export const NO_SECURITY_OPTIONS: SecurityOptions = {
  noNewPrivileges: false,
  seccomp: undefined,
  systemPaths: undefined,
};

/** @throws Fault `compose/seccomp` for a profile that is not there or no JSON */
export async function readSecurityOptions(node: ComposeNode): Promise<SecurityOptions> {
  let options = NO_SECURITY_OPTIONS;
  for (const item of expectList(node).items) {
    const { others = [], ...more } = await readOption(item);
    options = {
      ...options,
      ...more,
      ...(others.length > 0 ? { others: [...(options.others ?? []), ...others] } : {}),
    };
  }
  return options;
}

async function readOption(node: ComposeNode): Promise<Partial<SecurityOptions>> {
  const text = expectString(node);
  const [, name = text, value = ""] = /^([^=:]+)[=:](.*)$/.exec(text) ?? [];
  if (name === "no-new-privileges") {
    if (!["", "true", "false"].includes(value)) throw valueFault(node, "no-new-privileges:true or :false");
    return { noNewPrivileges: value !== "false" };
  }
  if (name === "seccomp") {
    if (value === "unconfined") return { seccomp: "unconfined" };
    if (value === "builtin") return { seccomp: "default" };
    if (value === "") throw valueFault(node, "seccomp=unconfined, seccomp=builtin or seccomp=FILE");
    return { seccompProfile: await readProfile(resolve(node.base, value), node) };
  }
  if (name === "systempaths" && value === "unconfined") return { systemPaths: "unconfined" };
  if (name === "apparmor") return { apparmor: value };
  if (name === "label" || name === "writable-cgroups") return { others: [text] };
  throw valueFault(node, "no-new-privileges:true, seccomp=unconfined or systempaths=unconfined");
}

const MOST_BYTES = 1024 * 1024;

async function readProfile(path: string, node: ComposeNode): Promise<string> {
  const text = await readTextFile(path, { code: "compose/seccomp", maxBytes: MOST_BYTES, place: node.place });
  try {
    const profile: unknown = JSON.parse(text ?? "");
    if (typeof profile === "object" && profile !== null && "defaultAction" in profile) return text ?? "";
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Fault({
    code: "compose/seccomp",
    message: `expected a seccomp profile (JSON with a defaultAction) at ${path}, found ${text === undefined ? "nothing" : "something else"}`,
    place: node.place,
  });
}
