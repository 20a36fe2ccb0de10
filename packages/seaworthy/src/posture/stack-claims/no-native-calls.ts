/** Since 26.1 Node has a module that calls any function of any library, and whoever can run JavaScript has it. */
import type { StackClaim } from "../stack-claim.ts";

export const noNativeCalls: StackClaim = {
  control: "no-native-calls",
  claim: {
    en: "JavaScript that the service runs cannot call native code through node:ffi",
    ru: "JavaScript, который выполняет служба, не может вызвать машинный код через node:ffi",
  },
  key: "environment",
  about: {
    severity: "medium",
    why: {
      en: "With node:ffi one line of JavaScript, through eval or a bad dependency, makes every system call and reads all memory of the process. A flag that takes the module away is no obstacle, for a worker or a child of Node is started with the flag that gives it back; the permission model refuses all three.",
      ru: "С node:ffi одна строка JavaScript, попавшая в eval или в зависимость, делает любой системный вызов и читает всю память процесса. Флаг, убирающий модуль, не помеха: рабочий поток или дочерний процесс Node запускается с флагом, который его возвращает; модель разрешений отклоняет все три пути.",
    },
    docker: '--env NODE_OPTIONS="--permission --allow-fs-read=* --allow-net"',
    kubernetes: "env with NODE_OPTIONS",
    references: ["NIST-SP-800-190@2017-09:4.4.4"],
  },
  fix: {
    en: "environment: { NODE_OPTIONS: --permission --allow-fs-read=* --allow-net }, with what else the service needs, but not --allow-ffi, --allow-worker or --allow-child-process; or Node 24, which has no FFI",
    ru: "environment: { NODE_OPTIONS: --permission --allow-fs-read=* --allow-net }, добавив остальное, что нужно службе, кроме --allow-ffi, --allow-worker и --allow-child-process; или Node 24, в котором нет FFI",
  },
};
