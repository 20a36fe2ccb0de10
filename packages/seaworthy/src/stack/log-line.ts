/** One line that a service printed. */
export interface LogLine {
  /** RFC 3339. */
  readonly time: string;
  readonly stream: "stdout" | "stderr";
  /** Without the line's end. */
  readonly text: string;
}
