/** A service whose account rules the data store hands the store's whole machine to whoever breaks into the service. */
import type { StackClaim } from "../stack-claim.ts";

export const storeRights: StackClaim = {
  control: "store-rights",
  claim: {
    en: "The account that services use in the data store rules nothing but its own data",
    ru: "Учётная запись, под которой службы ходят в хранилище, распоряжается только своими данными",
  },
  key: "environment",
  fix: {
    en: "a role of its own, made by an SQL file in /docker-entrypoint-initdb.d, instead of POSTGRES_USER; for Redis a user with +@read, +@write and no +@dangerous or +@admin",
    ru: "своя роль из файла SQL в /docker-entrypoint-initdb.d вместо POSTGRES_USER; для Redis пользователь с +@read, +@write, без +@dangerous и +@admin",
  },
  about: {
    severity: "high",
    why: {
      en: "A superuser of PostgreSQL starts programs and reads files where the database runs, and whoever may configure Redis writes files there. An SQL injection in the service is then a way into the next container.",
      ru: "Суперпользователь PostgreSQL запускает программы и читает файлы там, где работает база, а тот, кому можно настраивать Redis, пишет там файлы. Тогда SQL-инъекция в службе — путь в следующий контейнер.",
    },
    docker: undefined,
    kubernetes: undefined,
    references: ["OWASP-Docker-Security@2026-11:5", "NIST-SP-800-190@2017-09:4.3.3"],
  },
};
