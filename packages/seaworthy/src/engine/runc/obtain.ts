/** Gets the container runtime, runc for root and crun for an ordinary user; and the first process for those who ask for one. */
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

/** The one that Docker calls docker-init: linked with nothing, it runs in any image. */
const TINI: DebianProgram = {
  name: "tini-static",
  package: "tini",
  program: /^(?:\.\/)?usr\/bin\/tini-static$/,
  libraries: [],
  exclude: { libc6: "it is linked into it" },
};

/** @throws Fault as {@link obtainProgram} */
export async function obtainRunc(options: ObtainOptions): Promise<RuncBinary> {
  const runtime = isRootless() ? CRUN : RUNC;
  const directory = await obtainProgram(runtime, options);
  return { binary: join(directory, runtime.name), libraries: directory };
}

/** @returns the program, absolute @throws Fault as {@link obtainProgram} */
export async function obtainInit(options: ObtainOptions): Promise<string> {
  return join(await obtainProgram(TINI, options), TINI.name);
}
