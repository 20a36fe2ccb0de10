/** Every word of a report that is not somebody's finding; a language that lacks one does not compile. */
import type { Report, ReportService, Verdict } from "@seaworthy/evidence";

export interface Words {
  /** The heading, after the project's name: what is proven, or what is not. */
  headline(summary: Report["summary"]): string;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  /** What a verdict means, after its name and count. */
  readonly meanings: Readonly<Record<Verdict, string>>;
  /** `5 claims`. */
  claims(count: number): string;
  readonly claim: string;
  readonly byAttack: string;
  readonly byInspection: string;

  readonly made: string;
  readonly tool: string;
  readonly plan: string;
  readonly engine: string;
  readonly securityModules: string;
  /** That they are not known, and why. */
  readonly noSecurityModules: string;

  readonly chapterImage: string;
  readonly layer: string;
  readonly share: string;
  readonly unpacked: string;
  readonly packed: string;
  readonly paths: string;
  readonly madeBy: string;
  readonly total: string;
  /** Against the hand-written report's image. */
  compared(unpacked: number, handWritten: number): string;
  readonly user: string;
  readonly healthCheck: string;
  readonly pinnedBy: string;
  readonly digest: string;
  readonly none: string;
  readonly largest: string;
  readonly origin: string;

  readonly chapterSecurity: string;
  readonly howToRead: string;
  readonly toActOn: string;
  readonly achieved: string;
  readonly where: string;
  readonly fix: string;
  readonly why: string;
  readonly asDeclared: string;
  readonly twin: string;
  readonly inspected: string;
  readonly attempt: string;
  readonly seen: string;
  readonly refusedBy: string;
  /** What refused both sides, and is not told apart. */
  readonly unknown: string;
  readonly howToRepeat: string;

  readonly chapterStack: string;
  readonly service: string;
  readonly image: string;
  readonly status: string;
  readonly health: string;
  readonly ports: string;
  readonly limits: string;
  readonly restarts: string;
  /** The heading of what confines each service. */
  readonly confinement: string;
  /** That it could not be read. */
  readonly unknownConfinement: string;
  /** What is declared and not shown, after what is. */
  confinementUnseen(declared: string): string;
  readonly statuses: Readonly<Record<ReportService["status"], string>>;
  readonly unchecked: string;
  readonly notPublished: string;
  memory(bytes: number): string;
  /** `64 processes`. */
  processes(count: number): string;
  cpus(count: number): string;
  readonly unlimited: string;
  readonly reach: string;
  /** What each kind of cell means. */
  readonly howToReadReach: string;
  readonly from: string;
  readonly machine: string;
  readonly notReached: string;

  /** `147.8 MB`; units of a thousand, as registries count. */
  size(bytes: number): string;
}
