/** Some variables open doors: a debugger for everybody, TLS without checks, code that is loaded before the program. */
import { type ComposeRule, judgeEntries } from "../subject.ts";

const DOORS: readonly (readonly [name: RegExp, value: RegExp])[] = [
  [
    /^NODE_OPTIONS$/,
    /--inspect(?:-brk)?=(?:0\.0\.0\.0|\[?::\]?)|--(?:experimental|allow)-ffi|--insecure|--tls-min-v1\.[01]/,
  ],
  [/^NODE_TLS_REJECT_UNAUTHORIZED$/, /^0$/],
  [/^PYTHONHTTPSVERIFY$/, /^0$/],
  [/^GIT_SSL_NO_VERIFY$/, /^(?:1|true)$/i],
  [/^PYTHONINSPECT$/, /./],
  [/^(?:LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT)$/, /^\/(?:tmp|dev\/shm|var\/tmp)\b/],
  [/^(?:FLASK_DEBUG|DJANGO_DEBUG|WERKZEUG_DEBUG_PIN)$/, /^(?:1|true|on|off)$/i],
  [/^FLASK_ENV$/, /^development$/],
  [
    /^(?:JAVA_TOOL_OPTIONS|JAVA_OPTS|JDK_JAVA_OPTIONS)$/,
    /address=(?:\*|0\.0\.0\.0)|jmxremote\.authenticate=false/,
  ],
];

export const safeEnvironment: ComposeRule = {
  id: "safe-environment",
  claim: {
    en: "No variable opens a debugger, loads foreign code or turns the checks of TLS off",
    ru: "Ни одна переменная не открывает отладчик, не грузит чужой код и не отключает проверки TLS",
  },
  fix: { en: "remove the variable", ru: "уберите переменную" },
  about: {
    severity: "high",
    why: {
      en: "A debugger that listens on every address runs whatever it is sent. A client that does not check certificates gives its passwords to whoever answers.",
      ru: "Отладчик, слушающий на всех адресах, выполнит всё, что ему пришлют. Клиент, не проверяющий сертификаты, отдаст пароли любому, кто ответит.",
    },
    docker: "without --env",
    kubernetes: "env",
    references: ["NIST-SP-800-190@2017-09:4.1.2"],
  },
  check: (subject) =>
    judgeEntries(subject, "environment", [...subject.service.environment], ([name, value = ""]) =>
      DOORS.some(([names, values]) => names.test(name) && values.test(value))
        ? { en: `${name}=${value}`, ru: `${name}=${value}` }
        : undefined,
    ),
};
