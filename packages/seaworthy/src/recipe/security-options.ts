/** Reads `security_opt:` (both `=` and `:` forms, as Docker does) and refuses profiles that are not applied. */
import { type ComposeNode, unsupported, valueFault } from "./compose-node.ts";
import { expectList, expectString } from "./expect.ts";

export interface SecurityOptions {
  readonly noNewPrivileges: boolean;
  /** `undefined` leaves it to `privileged`. */
  readonly seccomp: "default" | "unconfined" | undefined;
  readonly systemPaths: "unconfined" | undefined;
}

export const NO_SECURITY_OPTIONS: SecurityOptions = {
  noNewPrivileges: false,
  seccomp: undefined,
  systemPaths: undefined,
};

export function readSecurityOptions(node: ComposeNode): SecurityOptions {
  let options = NO_SECURITY_OPTIONS;
  for (const item of expectList(node).items) options = { ...options, ...readOption(item) };
  return options;
}

function readOption(node: ComposeNode): Partial<SecurityOptions> {
  const text = expectString(node);
  const [, name = text, value = ""] = /^([^=:]+)[=:](.*)$/.exec(text) ?? [];
  if (name === "no-new-privileges") {
    if (!["", "true", "false"].includes(value)) throw valueFault(node, "no-new-privileges:true or :false");
    return { noNewPrivileges: value !== "false" };
  }
  if (name === "seccomp") {
    if (value === "unconfined") return { seccomp: "unconfined" };
    if (value === "builtin") return { seccomp: "default" };
    throw unsupported(node, "a seccomp profile of your own", "Leave it out; the default profile is applied.");
  }
  if (name === "systempaths" && value === "unconfined") return { systemPaths: "unconfined" };
  if (name === "apparmor" || name === "label" || name === "writable-cgroups") {
    throw unsupported(node, `"${name}"`, "Leave it out; Seaworthy applies no such profile.");
  }
  throw valueFault(node, "no-new-privileges:true, seccomp=unconfined or systempaths=unconfined");
}
