/** The library: verbs over a project, and the types they speak. */
export { Fault, type FaultDetails, type Place } from "./fault/fault.ts";
export { type PhaseHandle, type Progress, SILENT } from "./progress/progress.ts";
export { type BuildOptions, type Built, type BuiltImage, build } from "./verb/build.ts";
export { type DownOptions, down } from "./verb/down.ts";
export { type Planned, type PlanOptions, plan } from "./verb/plan.ts";
export { type Proved, prove } from "./verb/prove.ts";
export { ps } from "./verb/ps.ts";
export { type UpOptions, up } from "./verb/up.ts";
export type { ProjectOptions, VerbIo } from "./verb/verb.ts";
