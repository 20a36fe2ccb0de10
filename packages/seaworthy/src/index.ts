/** The library: verbs over a project, and the types they speak. */
export { Fault, type FaultDetails, type Place } from "./fault/fault.ts";
export type { Probe, Target } from "./probe/probe.ts";
export type { UserProbe } from "./probe/user-probe.ts";
export { type PhaseHandle, type Progress, SILENT } from "./progress/progress.ts";
export { type BuildOptions, type Built, type BuiltImage, build } from "./verb/build.ts";
export { type Checked, check } from "./verb/check.ts";
export { type DownOptions, down } from "./verb/down.ts";
export { type Planned, type PlanOptions, plan } from "./verb/plan.ts";
export { type Proved, type ProveOptions, prove } from "./verb/prove.ts";
export { ps } from "./verb/ps.ts";
export { type UpOptions, up } from "./verb/up.ts";
export type { ProjectOptions, VerbIo } from "./verb/verb.ts";
