/** A service that cannot start should be seen to fail, not start for ever. */
import { type ComposeRule, judgeKey } from "../subject.ts";

export const boundedRestart: ComposeRule = {
  id: "bounded-restart",
  claim: {
    en: "A service that keeps failing is not started for ever",
    ru: "Служба, которая всё время падает, не запускается бесконечно",
  },
  fix: { en: "restart: on-failure:5", ru: "restart: on-failure:5" },
  about: {
    severity: "low",
    why: {
      en: "An attack that crashes the service may be tried again as often as it is started, until it works. A service that starts for ever also hides its failure, and takes the machine's time.",
      ru: "Атаку, от которой служба падает, можно повторять столько раз, сколько её запускают, пока она не удастся. Бесконечный перезапуск к тому же скрывает сбой и отнимает время машины.",
    },
    docker: "--restart on-failure:5",
    kubernetes: undefined,
    references: ["CIS-Docker@1.6.0:5.15", "OWASP-Docker-Security@2026-11:7"],
  },
  check(subject) {
    const { restart } = subject.service;
    const isBounded =
      restart.policy === "no" || (restart.policy === "on-failure" && restart.attempts !== undefined);
    const said = { en: `restart: ${restart.policy}`, ru: `restart: ${restart.policy}` };
    return judgeKey(subject, "restart", isBounded ? undefined : said, restart.policy);
  },
};
