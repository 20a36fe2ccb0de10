/** Controls that take single calls out of the seccomp profile: what a container with Docker's default profile still may do. */
import type { Text } from "@seaworthy/evidence";
import type { Container } from "../../engine/container.ts";
import type { About, Severity } from "../about.ts";
import type { Control } from "../control.ts";
import { SECCOMP_FILTER } from "../mechanisms.ts";
import { allowing, allowsCall, portableProfile, profileOf, refusing } from "./portable.ts";
import { ownProfile, type SeccompProfile, withProfile } from "./profile.ts";

export interface CallControl extends Pick<Control, "id" | "claim"> {
  readonly calls: readonly string[];
  readonly why: About["why"];
  readonly severity: Severity;
}

const STRICT_FIX: Text = {
  en: 'security_opt: ["seccomp=seccomp.json"], with: seaworthy seccomp --posture strict > seccomp.json',
  ru: 'security_opt: ["seccomp=seccomp.json"], файл создаёт: seaworthy seccomp --posture strict > seccomp.json',
};

/** Of `docker run`, and of a pod. */
export const STRICT_ABOUT: Pick<About, "docker" | "kubernetes" | "references"> = {
  docker: "--security-opt seccomp=seccomp.json",
  kubernetes: "securityContext.seccompProfile.type: Localhost",
  references: [
    "CIS-Docker@1.6.0:5.22",
    "OWASP-Docker-Security@2026-11:6",
    "NIST-SP-800-190@2017-09:4.4.3",
    "Kubernetes-PSS@restricted:seccompProfile",
  ],
};

/** Of every control that a profile of the strict posture sets. */
export const STRICT_BY_FILTER: Pick<Control, "key" | "mechanism" | "fix" | "posture"> = {
  key: "security_opt",
  mechanism: SECCOMP_FILTER,
  fix: STRICT_FIX,
  posture: "strict",
};

export function callControl({ id, claim, calls, why, severity }: CallControl): Control {
  return {
    ...STRICT_BY_FILTER,
    ...{ id, claim },
    about: { severity, why, ...STRICT_ABOUT },
    apply: (container) =>
      narrowed(
        container,
        (profile) => calls.some((name) => allowsCall(profile, name)),
        (profile) => refusing(profile, calls),
      ),
    loosen: (container) => ({
      container: withProfile(container, allowing(profileOf(container), calls)),
      difference: { en: `with ${calls.join(", ")}`, ru: `разрешены ${calls.join(", ")}` },
    }),
  };
}

/** A profile that is changed only where it has to be: twice is once. */
export function narrowed(
  container: Container,
  isWide: (profile: SeccompProfile) => boolean,
  change: (profile: SeccompProfile) => SeccompProfile,
): Container {
  const own = ownProfile(container);
  const profile = own ?? portableProfile();
  if (own !== undefined && !isWide(own)) return container;
  return withProfile(container, change(profile));
}
