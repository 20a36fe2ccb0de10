/** The words of a report in its two languages; a word that one of them lacks does not compile. */
import type { Verdict } from "@seaworthy/evidence";

export type Language = "en" | "ru";

export interface Words {
  readonly title: string;
  /** One sentence: how many claims hold, and what is not proven. */
  lead(counts: Readonly<Record<Verdict, number>>): string;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly made: string;
  readonly plan: string;
  readonly engine: string;
  readonly repeat: string;
  readonly howToRead: string;
  readonly chapterImages: string;
  readonly chapterSecurity: string;
  readonly chapterStack: string;
  readonly layer: string;
  readonly size: string;
  readonly share: string;
  readonly madeBy: string;
  readonly total: string;
  readonly user: string;
  readonly healthCheck: string;
  readonly none: string;
  readonly pinnedBy: string;
  readonly largest: string;
  /** Against the hand-written report's image, in megabytes. */
  compared(megabytes: string, percent: number): string;
  readonly claim: string;
  readonly breachedFirst: string;
  readonly achieved: string;
  readonly where: string;
  readonly fix: string;
  readonly why: string;
  readonly hardened: string;
  twin(loosened: string): string;
  readonly attack: string;
  readonly service: string;
  readonly image: string;
  readonly status: string;
  readonly ports: string;
  readonly limits: string;
  readonly restarts: string;
  readonly notPublished: string;
  readonly memory: string;
  readonly processes: string;
  readonly ruleNote: string;
}

const ruPlural = new Intl.PluralRules("ru");

/** `1 утверждение`, `2 утверждения`, `5 утверждений`. */
function ruClaims(count: number): string {
  const forms = { one: "утверждение", few: "утверждения", many: "утверждений" } as const;
  const form = ruPlural.select(count);
  return `${count} ${forms[form === "one" || form === "few" ? form : "many"]}`;
}

function enClaims(count: number): string {
  return `${count} ${count === 1 ? "claim" : "claims"}`;
}

const en: Words = {
  title: "Evidence",
  lead: ({ held, breached, unproven, absent, waived }) =>
    [
      breached > 0
        ? `**${enClaims(breached)} failed.**`
        : unproven > 0
          ? `**${enClaims(unproven)} could not be proven.**`
          : "**Every claim that applies is proven.**",
      `${enClaims(held)} held, ${breached} breached, ${unproven} unproven, ${absent} with nothing to attack, ${waived} waived.`,
    ].join(" "),
  verdicts: { held: "held", breached: "BREACHED", unproven: "unproven", absent: "absent", waived: "waived" },
  made: "Made",
  plan: "Plan",
  engine: "Engine",
  repeat: "Repeat with",
  howToRead:
    "A control is *held* only if the attack was refused in the container as declared **and** the same attack worked in its twin, which differs by that one control. Attacks are made in doubles with empty volumes; the live containers are not touched.",
  chapterImages: "C1. The images",
  chapterSecurity: "C2. Security",
  chapterStack: "C3. The stack",
  layer: "Layer",
  size: "Size",
  share: "Share",
  madeBy: "Made by",
  total: "Total",
  user: "User",
  healthCheck: "Health check",
  none: "none",
  pinnedBy: "Pinned by",
  largest: "Largest origins",
  compared: (megabytes, percent) =>
    `${megabytes} MB unpacked, ${percent} % of the 315 MB that the hand-written container report counted for the same kind of service.`,
  claim: "Claim",
  breachedFirst: "What failed",
  achieved: "The attack",
  where: "Where",
  fix: "Fix",
  why: "Why",
  hardened: "as declared",
  twin: (loosened) => `twin (${loosened})`,
  attack: "Attack",
  service: "Service",
  image: "Image",
  status: "Status",
  ports: "Ports",
  limits: "Limits",
  restarts: "Restarts",
  notPublished: "not published",
  memory: "memory",
  processes: "processes",
  ruleNote: "rule: looked at, not attacked",
};

const ru: Words = {
  title: "Доказательства",
  lead: ({ held, breached, unproven, absent, waived }) =>
    [
      breached > 0
        ? `**Не выполнено: ${ruClaims(breached)}.**`
        : unproven > 0
          ? `**Не удалось доказать: ${ruClaims(unproven)}.**`
          : "**Все применимые утверждения доказаны.**",
      `Выполняется: ${ruClaims(held)}; нарушено: ${breached}; не доказано: ${unproven}; не к чему применить: ${absent}; принято с оговоркой: ${waived}.`,
    ].join(" "),
  verdicts: {
    held: "выполнено",
    breached: "НАРУШЕНО",
    unproven: "не доказано",
    absent: "неприменимо",
    waived: "с оговоркой",
  },
  made: "Составлено",
  plan: "План",
  engine: "Среда",
  repeat: "Повторить",
  howToRead:
    "Мера считается *выполненной*, только если атака отклонена в контейнере, как он описан, **и** та же атака удалась в двойнике, который отличается одной этой мерой. Атаки проводятся в дублях с пустыми томами; рабочие контейнеры не затрагиваются.",
  chapterImages: "C1. Образы",
  chapterSecurity: "C2. Безопасность",
  chapterStack: "C3. Стек",
  layer: "Слой",
  size: "Размер",
  share: "Доля",
  madeBy: "Чем создан",
  total: "Всего",
  user: "Пользователь",
  healthCheck: "Проверка здоровья",
  none: "нет",
  pinnedBy: "Чем закреплён",
  largest: "Что занимает больше всего",
  compared: (megabytes, percent) =>
    `${megabytes} МБ в распакованном виде — ${percent} % от 315 МБ, указанных для такой же службы в отчёте, написанном вручную.`,
  claim: "Утверждение",
  breachedFirst: "Что не выполняется",
  achieved: "Атака",
  where: "Где",
  fix: "Исправление",
  why: "Почему",
  hardened: "как описано",
  twin: (loosened) => `двойник (${loosened})`,
  attack: "Атака",
  service: "Служба",
  image: "Образ",
  status: "Состояние",
  ports: "Порты",
  limits: "Ограничения",
  restarts: "Перезапуски",
  notPublished: "не опубликованы",
  memory: "память",
  processes: "процессы",
  ruleNote: "правило: проверено осмотром, без атаки",
};

export const WORDS: Readonly<Record<Language, Words>> = { en, ru };
