/** An account without a password, or two that are one to the kernel, are a way in that nobody guards. */
import type { Step } from "@seaworthy/evidence";
import { realPathIn } from "../real-path.ts";
import type { InspectedImage, Rule, RuleResult } from "../rule.ts";

export const soundAccounts: Rule = {
  id: "sound-accounts",
  claim: {
    en: "Every account of the image has a name and a number of its own, and none an empty password",
    ru: "У каждой учётной записи образа свои имя и номер, и ни у одной нет пустого пароля",
  },
  fix: {
    en: "Lock accounts that nobody logs in to (usermod --lock NAME), and give each its own name, uid and gid",
    ru: "Заблокируйте записи, под которыми никто не входит (usermod --lock NAME), и дайте каждой своё имя, uid и gid",
  },
  key: "image",
  about: {
    severity: "medium",
    why: {
      en: "Whoever gets in as one user becomes any other whose password is empty, without a further hole. Two accounts with one number are one to the kernel, and a second with number 0 is a root that nobody looks for.",
      ru: "Тот, кто вошёл под одним пользователем, становится любым другим с пустым паролем, и новая уязвимость ему не нужна. Две записи с одним номером для ядра — одна, а вторая с номером 0 — root, которого никто не ищет.",
    },
    docker: "in the image: usermod --lock",
    kubernetes: "in the image: usermod --lock",
    references: ["CIS-Docker@1.6.0:4.1", "NIST-SP-800-190@2017-09:4.1.2"],
  },
  check: judgeAccounts,
};

const PASSWD = "/etc/passwd";
const GROUP = "/etc/group";
const SHADOW = "/etc/shadow";

async function judgeAccounts(image: InspectedImage): Promise<RuleResult> {
  const realPath = realPathIn(image.entries);
  const there = new Set(image.entries.map(({ path }) => path));
  // A link that leads nowhere is no file; one that cannot be followed is told below.
  const files = [PASSWD, GROUP, SHADOW]
    .map((path) => ({ path, real: realPath(path) }))
    .filter(({ real }) => real === undefined || there.has(real));
  if (!files.some(({ path }) => path === PASSWD)) {
    return {
      verdict: "absent",
      summary: { en: `the image has no ${PASSWD}`, ru: `в образе нет ${PASSWD}` },
      steps: [{ did: `looked for ${PASSWD}`, saw: "none" }],
    };
  }
  const contents = await image.read(files.flatMap(({ real }) => real ?? []));
  const read: Step[] = [];
  const wrong: { readonly path: string; readonly saw: string }[] = [];
  let entries = 0;
  for (const { path, real } of files) {
    const content = real === undefined ? undefined : contents.get(real);
    if (content === undefined) return unread(path);
    const { rows, other } = rowsOf(content, path === SHADOW ? 2 : 3);
    entries += rows.length;
    read.push({
      did: `read ${path}`,
      saw: `${rows.length} entries${other === 0 ? "" : `, and ${other} lines that are none`}`,
    });
    wrong.push(...faultsIn(path, rows).map((saw) => ({ path, saw })));
  }
  const [first] = wrong;
  if (first === undefined) {
    return {
      verdict: "held",
      summary: { en: `${entries} entries, each its own`, ru: `записей: ${entries}, все различны` },
      steps: read,
    };
  }
  return {
    verdict: "breached",
    summary: {
      en: `${wrong.length} found, the first in ${first.path}: ${first.saw}`,
      ru: `найдено: ${wrong.length}, первое в ${first.path}: ${first.saw}`,
    },
    steps: [...read, ...wrong.slice(0, 20).map(({ path, saw }) => ({ did: `read ${path}`, saw }))],
  };
}

function unread(path: string): RuleResult {
  return {
    verdict: "unproven",
    summary: {
      en: `expected ${path} to be a file, found a link that could not be followed`,
      ru: `вместо файла ${path} найдена ссылка, по которой не удалось пройти`,
    },
    steps: [{ did: `read ${path}`, saw: "a link" }],
  };
}

type Row = readonly string[];

/** Lines of at least so many fields; the C library passes over others, and over those of NIS, which begin with a sign. */
function rowsOf(
  content: Uint8Array,
  fields: number,
): { readonly rows: readonly Row[]; readonly other: number } {
  const lines = Buffer.from(content).toString("latin1").split("\n");
  const spoken = lines.filter((line) => line.trim() !== "" && !/^\s*#/.test(line));
  const rows = spoken.map((line) => line.split(":"));
  const sound = rows.filter((row) => row.length >= fields && row[0] !== "" && !/^[+-]/.test(row[0] ?? ""));
  return { rows: sound, other: rows.length - sound.length };
}

/** In words, without the field of the password, whatever it holds. */
function faultsIn(path: string, rows: readonly Row[]): readonly string[] {
  const names = rows.map(([name = ""]) => name);
  const twice = repeated(names).map((name) => `two entries for ${shown(name)}`);
  const open = rows.filter(([, password]) => password === "").map(([name = ""]) => name);
  const empty = open.map((name) => `an empty password for ${shown(name)}`);
  if (path === SHADOW) return [...empty, ...twice];
  const numbers = new Map<number, string[]>();
  for (const [name = "", , id = ""] of rows) {
    const number = numberOf(id);
    if (number !== undefined) numbers.set(number, [...(numbers.get(number) ?? []), name]);
  }
  const kind = path === PASSWD ? "uid" : "gid";
  const shared = [...numbers]
    // The same name twice with the same number has been told already.
    .filter(([, owners]) => new Set(owners).size > 1)
    .map(([number, owners]) => `${kind} ${number} for ${owners.slice(0, 5).map(shown).join(", ")}`);
  // An empty field of /etc/group lets nobody in: newgrp(1) then takes members only.
  return path === PASSWD ? [...empty, ...shared, ...twice] : [...shared, ...twice];
}

function repeated(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const name of names) (seen.has(name) ? again : seen).add(name);
  return [...again];
}

/** As `strtoul` reads it, which takes `00`, `+0` and ` 0` for 0. */
function numberOf(text: string): number | undefined {
  const [, digits] = /^\s*\+?0*(\d{1,10})$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** A name is whatever the file says: nothing of it may steer a terminal. */
function shown(name: string): string {
  if (/^[\w.$-]{1,32}$/.test(name)) return name;
  const plain = name
    .slice(0, 32)
    .replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `"${plain}"`;
}
