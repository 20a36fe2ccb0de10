/** The `linux.seccomp` object of an OCI runtime configuration, as far as Seaworthy writes it. */

export type SeccompOperator = "SCMP_CMP_LT" | "SCMP_CMP_EQ" | "SCMP_CMP_MASKED_EQ";

/** One comparison of one argument; `SCMP_CMP_MASKED_EQ` compares `argument & value` with `valueTwo`. */
export interface SeccompArgument {
  /** 0 to 5. */
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: SeccompOperator;
}

/** Rules are tried together: a call is allowed when any of them allows it. */
export interface SeccompRule {
  readonly names: readonly string[];
  /** `SCMP_ACT_ALLOW` and `SCMP_ACT_ERRNO` in our own profiles, any of the specification's in those of others. */
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly SeccompArgument[];
}

/** https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp */
export interface RuntimeSeccomp {
  readonly defaultAction: string;
  /** What a refused call answers: 1 is EPERM. */
  readonly defaultErrnoRet?: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly SeccompRule[];
}
