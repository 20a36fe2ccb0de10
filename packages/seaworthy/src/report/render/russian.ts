/** The report's words in Russian. */
import { counter } from "./plural.ts";
import type { Words } from "./words.ts";

const plural = counter<"one" | "few" | "many" | "other">("ru", "other");
const decimal = new Intl.NumberFormat("ru", { maximumFractionDigits: 1, useGrouping: false });
const percent = new Intl.NumberFormat("ru", { style: "percent" });

function claims(count: number): string {
  const forms = { one: "утверждение", few: "утверждения", many: "утверждений", other: "утверждения" };
  return `${count} ${plural(count, forms)}`;
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} Б`;
  return bytes < 1_000_000 ? `${decimal.format(bytes / 1e3)} кБ` : `${decimal.format(bytes / 1e6)} МБ`;
}

export const RUSSIAN: Words = {
  headline: ({ held, breached, unproven }) => {
    if (breached > 0) return `нарушено ${claims(breached)}, выполнено ${held}`;
    if (unproven > 0) return `не доказано ${claims(unproven)}, выполнено ${held}, нарушений нет`;
    return held === 0 ? "ничего не доказано" : "все применимые утверждения доказаны";
  },
  verdicts: {
    held: "выполнено",
    breached: "нарушено",
    unproven: "не доказано",
    absent: "неприменимо",
    waived: "принято с оговоркой",
  },
  meanings: {
    held: "здесь атака отклонена, а в двойнике удалась; либо осмотр не нашёл ничего запрещённого",
    breached: "атака удалась, либо осмотр нашёл запрещённое",
    unproven: "сказать ничего нельзя; успехом это не считается",
    absent: "того, что следовало бы атаковать, здесь нет",
    waived: "нарушение, которое кто-то принял, указав причину и срок",
  },
  claims,
  claim: "Утверждение",
  byAttack: "Проверено атакой",
  byInspection: "Проверено осмотром",

  made: "Составлен",
  tool: "Инструмент",
  plan: "План",
  engine: "Машина",
  securityModules: "Модули безопасности",
  noSecurityModules: "неизвестно: прочитать их список в ядре отсюда нельзя",

  chapterImage: "C1. Образы",
  layer: "Слой",
  share: "Доля",
  unpacked: "Распакован",
  packed: "Сжат",
  paths: "Путей",
  madeBy: "Чем создан",
  total: "Всего",
  compared: (unpacked, handWritten) =>
    `${size(unpacked)} в распакованном виде — это ${percent.format(unpacked / handWritten)} от ${size(handWritten)}, указанных для такого же образа в отчёте, составленном вручную`,
  user: "Пользователь",
  healthCheck: "Проверка здоровья",
  pinnedBy: "Чем закреплён",
  digest: "Дайджест",
  none: "нет",
  largest: "Откуда взялись байты",
  origin: "Источник",

  chapterSecurity: "C2. Безопасность",
  howToRead:
    "Мера считается доказанной, только если атака отклонена в контейнере в том виде, в каком он описан, **и** та же атака удалась в двойнике — таком же контейнере, где ослаблена ровно одна эта мера. Чем отклонено действие, сказано там, где двойник без этой меры прошёл дальше; «неизвестно» — то, что отклоняет обоих. Атаки проводятся в дублях с пустыми томами; данные стека не затрагиваются.",
  toActOn: "На что обратить внимание",
  achieved: "Атака",
  where: "Где",
  fix: "Исправление",
  why: "Почему",
  asDeclared: "Как описано",
  twin: "Двойник",
  inspected: "Осмотр",
  attempt: "Что сделано",
  seen: "Что обнаружено",
  refusedBy: "Чем отклонено",
  unknown: "неизвестно",
  howToRepeat: "Как повторить",

  chapterStack: "C3. Стек",
  service: "Служба",
  image: "Образ",
  status: "Состояние",
  health: "Здоровье",
  ports: "Порты на хосте",
  limits: "Ограничения",
  restarts: "Перезапуски",
  confinement: "AppArmor, SELinux",
  unknownConfinement: "неизвестно",
  confinementUnseen: (declared) => `описано, но не обнаружено: ${declared}`,
  statuses: {
    created: "создана",
    starting: "запускается",
    running: "работает",
    healthy: "здорова",
    unhealthy: "нездорова",
    exited: "завершилась",
    missing: "отсутствует",
  },
  unchecked: "не проверяется",
  notPublished: "нет",
  memory: (bytes) => `${decimal.format(bytes / 1024 ** 2)} МиБ памяти`,
  processes: (count) =>
    `${count} ${plural(count, { one: "процесс", few: "процесса", many: "процессов", other: "процесса" })}`,
  cpus: (count) => `${decimal.format(count)} ЦП`,
  unlimited: "нет",
  reach: "Кто до кого дотягивается",
  howToReadReach:
    "Попытки с места каждой строки к службе каждого столбца: порты, которые ответили, или «нет». «—»: других она не слушает. «?»: попробовать не удалось.",
  from: "Откуда",
  machine: "эта машина",
  notReached: "нет",

  size,
};
