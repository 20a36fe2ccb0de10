/** Gets the container runtime: runc for root, crun for an ordinary user. */
import { join } from "node:path";
import { type DebianProgram, type ObtainOptions, obtainProgram } from "../debian-program.ts";
import { isRootless } from "./rootless.ts";
import type { RuncBinary } from "./runc.ts";

const exclude = {
  libc6: "the machine's own is used",
  "libgcc-s1": "the machine's own is used",
  criu: "checkpoints are not made",
};

const RUNC: DebianProgram = {
  name: "runc",
  program: /^(?:\.\/)?usr\/sbin\/runc$/,
  libraries: ["libseccomp.so.2"],
  exclude,
};

const CRUN: DebianProgram = {
  name: "crun",
  program: /^(?:\.\/)?usr\/bin\/crun$/,
  libraries: ["libseccomp.so.2", "libcap.so.2", "libsystemd.so.0", "libyajl.so.2"],
  exclude,
};

/** @throws Fault as {@link obtainProgram} */
export async function obtainRunc(options: ObtainOptions): Promise<RuncBinary> {
  const runtime = isRootless() ? CRUN : RUNC;
  const directory = await obtainProgram(runtime, options);
  return { binary: join(directory, runtime.name), libraries: directory };
}
