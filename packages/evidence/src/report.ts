/** A whole report: what was built, how it ran, what was claimed, and what came of every attack. */
import type { Finding, Text, Verdict } from "./finding.ts";

export interface ReportLayer {
  readonly name: string;
  readonly createdBy: string;
  readonly digest: string;
  /** The digest of the uncompressed tar. */
  readonly diffId: string;
  /** Of the compressed layer, in bytes. */
  readonly packedSize: number;
  /** Of its files, in bytes. */
  readonly unpackedSize: number;
  readonly paths: number;
  /** What takes most of it, largest first. */
  readonly origins: readonly { readonly origin: string; readonly bytes: number }[];
}

export interface ReportImage {
  readonly service: string;
  readonly reference: string;
  readonly digest: string;
  /** `linux/amd64`. */
  readonly platform: string;
  /** `10001:10001`. */
  readonly user: string;
  readonly packedSize: number;
  readonly unpackedSize: number;
  readonly layers: readonly ReportLayer[];
  /** Exec form; empty when the image has none. */
  readonly healthCheck: readonly string[];
  readonly pinnedBy: string;
}

export interface ReportService {
  readonly name: string;
  readonly image: string;
  /** What has a health check is `starting`, `healthy` or `unhealthy` while it runs, and never just `running`. */
  readonly status: "created" | "starting" | "running" | "healthy" | "unhealthy" | "exited" | "missing";
  readonly ports: readonly {
    readonly address: string;
    readonly published: number;
    readonly target: number;
  }[];
  readonly restarts: number;
  /** In bytes, processes and CPUs; absent where there is no limit. */
  readonly limits: { readonly memory?: number; readonly pids?: number; readonly cpus?: number };
  /** What the last health check printed, when it failed. */
  readonly problem?: string;
  /**
   * What confines its first process, as the kernel says it: `docker-default (enforce)`, `unconfined`, or a context of
   * SELinux. Absent where nothing could be read; no claim rests on it.
   */
  readonly confinement?: string;
  /** What is declared of AppArmor and SELinux and `confinement` does not show: `apparmor=mine`. Absent when it shows all. */
  readonly confinementUnseen?: readonly string[];
}

/** What came of connecting to a service from one place, wherever it listens for others. */
export interface ReportReach {
  /** The service that stands there; absent for the machine itself. */
  readonly from?: string;
  readonly to: string;
  /** Whether the declaration means it to: a network that both are in, or for the machine a published port. */
  readonly declared: boolean;
  /** `connected`, an errno, or why not in words. */
  readonly tried: readonly { readonly address: string; readonly port: number; readonly saw: string }[];
  /** Why nothing could be tried. */
  readonly problem?: Text;
}

export interface Report {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: "seaworthy"; readonly version: string };
  /** RFC 3339. */
  readonly createdAt: string;
  readonly project: string;
  /** Its digest. */
  readonly plan: string;
  readonly engine: {
    readonly version: string;
    readonly kernel: string;
    readonly architecture: string;
    readonly cgroup: string;
    /** Those that its kernel has on, in its order: `capability`, `apparmor`. Absent where that is not known. */
    readonly securityModules?: readonly string[];
  };
  readonly images: readonly ReportImage[];
  readonly services: readonly ReportService[];
  /** Who gets through to whom. */
  readonly reach: readonly ReportReach[];
  /** In the order of their ids. */
  readonly findings: readonly Finding[];
  readonly summary: Readonly<Record<Verdict, number>>;
  /** 0 proven, 1 a claim failed, 2 could not prove. */
  readonly exitCode: 0 | 1 | 2;
  /** The command that makes this report again. */
  readonly repeat: string;
}

export const VERDICTS: readonly Verdict[] = ["held", "breached", "unproven", "absent", "waived"];

/** How many findings have each verdict. */
export function summarise(findings: readonly Finding[]): Record<Verdict, number> {
  const summary: Record<Verdict, number> = { held: 0, breached: 0, unproven: 0, absent: 0, waived: 0 };
  for (const { verdict } of findings) summary[verdict] += 1;
  return summary;
}

/** What is unproven is never a pass, and neither is a proof that looked at nothing. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
  const { breached, unproven, held } = summarise(findings);
  if (breached > 0) return 1;
  return unproven > 0 || held === 0 ? 2 : 0;
}
