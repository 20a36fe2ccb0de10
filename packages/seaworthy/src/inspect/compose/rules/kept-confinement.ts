/** What the engine confines by itself is only lost when somebody asks for it. */
import { allowsByDefault } from "../../../posture/seccomp/portable.ts";
import { parseProfile } from "../../../posture/seccomp/profile.ts";
import { type ComposeRule, judgeKey } from "../subject.ts";

export const keptConfinement: ComposeRule = {
  id: "kept-confinement",
  claim: {
    en: "No confinement that the engine gives by itself is taken away",
    ru: "Ни одна защита, которую движок даёт сам, не снята",
  },
  fix: {
    en: "remove apparmor=unconfined, label=disable and writable-cgroups from security_opt; a seccomp profile refuses by default",
    ru: "уберите apparmor=unconfined, label=disable и writable-cgroups из security_opt; профиль seccomp по умолчанию отказывает",
  },
  about: {
    severity: "high",
    why: {
      en: "AppArmor and SELinux stop what a hole in the kernel or a mistake in the mounts lets through. A seccomp profile that allows by default allows every call that is added to the kernel later.",
      ru: "AppArmor и SELinux останавливают то, что пропустили дыра в ядре или ошибка в монтировании. Профиль seccomp, разрешающий по умолчанию, разрешает и каждый вызов, который появится в ядре позже.",
    },
    docker: "without --security-opt apparmor=unconfined, label=disable, writable-cgroups=true",
    kubernetes: "securityContext.appArmorProfile.type: RuntimeDefault",
    references: [
      "CIS-Docker@1.6.0:5.2",
      "CIS-Docker@1.6.0:5.3",
      "CIS-Docker@1.6.0:5.22",
      "OWASP-Docker-Security@2026-11:6",
      "NIST-SP-800-190@2017-09:4.4.3",
      "Kubernetes-PSS@restricted:appArmorProfile",
    ],
  },
  check(subject) {
    const { apparmor, others = [], seccompProfile } = subject.service.security;
    const lost = [
      ...(apparmor === "unconfined" ? ["apparmor=unconfined"] : []),
      ...others.filter((option) => /^label[=:]disable$|^writable-cgroups(?:[=:]true)?$/.test(option)),
      ...(seccompProfile !== undefined && allowsByDefault(parseProfile(seccompProfile))
        ? ["a seccomp profile that allows by default"]
        : []),
    ];
    const [first] = lost;
    const said = first === undefined ? undefined : { en: first, ru: first };
    return judgeKey(subject, "security_opt", said, lost.length === 0 ? "all of it is kept" : lost.join(", "));
  },
};
