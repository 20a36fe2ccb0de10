/** What nobody wrote down cannot be looked at afterwards. */
import { type ComposeRule, judgeKey } from "../subject.ts";

export const keptLogs: ComposeRule = {
  id: "kept-logs",
  claim: { en: "What the service says is kept", ru: "То, что пишет служба, сохраняется" },
  fix: { en: "remove logging.driver: none", ru: "уберите logging.driver: none" },
  about: {
    severity: "low",
    why: {
      en: "After an intrusion the log is what tells when it began and what was taken. A service without one cannot be investigated, and a failed start cannot be explained.",
      ru: "После взлома именно журнал скажет, когда всё началось и что унесли. Службу без журнала нельзя расследовать, а сбой при запуске — объяснить.",
    },
    docker: "without --log-driver none",
    kubernetes: undefined,
    references: ["NIST-SP-800-190@2017-09:4.4.4"],
  },
  check(subject) {
    const driver = subject.service.extras.logging?.driver;
    const said = driver === "none" ? { en: "nothing is kept", ru: "ничего не сохраняется" } : undefined;
    return judgeKey(subject, "logging", said, driver ?? "the engine's own driver");
  },
};
