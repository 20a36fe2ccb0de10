/** Every rule about Dockerfiles, in the order of the report. */
import { absoluteWorkdir } from "./rules/absolute-workdir.ts";
import { addOnlyArchives } from "./rules/add-only-archives.ts";
import { confinedBuild } from "./rules/confined-build.ts";
import { currentSyntax } from "./rules/current-syntax.ts";
import { declaredVariables } from "./rules/declared-variables.ts";
import { effectiveUser } from "./rules/effective-user.ts";
import { existingCopies } from "./rules/existing-copies.ts";
import { freshPackages } from "./rules/fresh-packages.ts";
import { healthCheck } from "./rules/health-check.ts";
import { knownStages } from "./rules/known-stages.ts";
import { lockedDependencies } from "./rules/locked-dependencies.ts";
import { neededCopies } from "./rules/needed-copies.ts";
import { noBuildTools } from "./rules/no-build-tools.ts";
import { noDevelopmentDependencies } from "./rules/no-development-dependencies.ts";
import { noLeftovers } from "./rules/no-leftovers.ts";
import { noLoosePermissions } from "./rules/no-loose-permissions.ts";
import { noSecretsInBuild } from "./rules/no-secrets-in-build.ts";
import { noSsh } from "./rules/no-ssh.ts";
import { noSudo } from "./rules/no-sudo.ts";
import { noSystemVolumes } from "./rules/no-system-volumes.ts";
import { numericUser } from "./rules/numeric-user.ts";
import { oneOfEach } from "./rules/one-of-each.ts";
import { ownWorkdir } from "./rules/own-workdir.ts";
import { pinnedBase } from "./rules/pinned-base.ts";
import { pipefail } from "./rules/pipefail.ts";
import { supportedBase } from "./rules/supported-base.ts";
import { unattendedInstall } from "./rules/unattended-install.ts";
import { validPorts } from "./rules/valid-ports.ts";
import { verifiedDownloads } from "./rules/verified-downloads.ts";
import { workingCommand } from "./rules/working-command.ts";
import type { DockerfileRule } from "./subject.ts";

export const DOCKERFILE_RULES: readonly DockerfileRule[] = [
  effectiveUser,
  numericUser,
  noSecretsInBuild,
  verifiedDownloads,
  pinnedBase,
  supportedBase,
  lockedDependencies,
  freshPackages,
  confinedBuild,
  knownStages,
  existingCopies,
  neededCopies,
  healthCheck,
  workingCommand,
  noLoosePermissions,
  noSudo,
  noSsh,
  noSystemVolumes,
  noDevelopmentDependencies,
  noBuildTools,
  noLeftovers,
  unattendedInstall,
  addOnlyArchives,
  declaredVariables,
  absoluteWorkdir,
  ownWorkdir,
  validPorts,
  oneOfEach,
  pipefail,
  currentSyntax,
];
