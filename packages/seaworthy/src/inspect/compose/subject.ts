/** What rules about a service of a Compose file are given, and the usual ways to look at it. */
import type { Text } from "@seaworthy/evidence";
import type { ComposeProject } from "../../recipe/compose.ts";
import type { ComposeNode, MapNode } from "../../recipe/compose-node.ts";
import type { ComposeService } from "../../recipe/compose-service.ts";
import type { Remark, Seen, SourceRule } from "../source-rule.ts";

export interface ComposeSubject {
  readonly project: ComposeProject;
  readonly service: ComposeService;
  /** As all files together have it, keys that are not honoured included. */
  readonly node: MapNode;
  readonly image: ServiceImage;
}

/** What is known of the image without having it. */
export interface ServiceImage {
  readonly from: "dockerfile" | "assembled" | "pulled";
  /** The image, or the one at the bottom of the Dockerfile. */
  readonly base: string | undefined;
  /** What `RUN` lines install. */
  readonly installed: ReadonlySet<string>;
}

export type ComposeRule = SourceRule<ComposeSubject>;

/** The line of a key of the service, or of the service where the key is missing. */
export function remark(
  subject: ComposeSubject,
  path: readonly (string | number)[],
  en: string,
  ru: string,
): Remark {
  const whole = ["services", subject.service.name, ...path.map(String)];
  return { summary: { en, ru }, place: subject.project.place(whole), key: whole.join(".") };
}

/**
 * The usual shape of a rule: what some key holds, entry by entry.
 * @param key that the rule is about, and its entries, as many as there are
 */
export function judgeEntries<T>(
  subject: ComposeSubject,
  key: string,
  entries: readonly T[],
  judge: (entry: T) => Text | undefined,
): Seen {
  const wrong = entries.flatMap((entry, index) => {
    const summary = judge(entry);
    return summary === undefined
      ? []
      : [remark(subject, placed(subject, key, index, entries.length), summary.en, summary.ru)];
  });
  if (entries.length === 0) return { wrong, looked: [] };
  const saw = wrong.length === 0 ? "nothing wrong" : `${wrong.length} wrong`;
  return { wrong, looked: [{ did: `read ${key} (${entries.length})`, saw }] };
}

/** The item, where the list has as many as were read from it. */
function placed(
  { node }: ComposeSubject,
  key: string,
  index: number,
  count: number,
): readonly (string | number)[] {
  const list = node.entries.get(key);
  return list?.kind === "list" && list.items.length === count ? [key, index] : [key];
}

/** One fact that is as it should be, or is not. */
export function judgeKey(subject: ComposeSubject, key: string, wrong: Text | undefined, saw: string): Seen {
  const looked = [{ did: `read ${key}`, saw }];
  return wrong === undefined
    ? { wrong: [], looked }
    : { wrong: [remark(subject, [key], wrong.en, wrong.ru)], looked };
}

export const NOTHING: Seen = { wrong: [], looked: [] };

/** The text of a scalar, and of nothing else. */
export function textOf(node: ComposeNode | undefined): string | undefined {
  return node?.kind === "scalar" && node.value !== null ? String(node.value) : undefined;
}

const STORES =
  /(?:^|\/)(?:postgres(?:ql)?|postgis|timescaledb|pgvector|mysql|mariadb|percona|mongo(?:db)?|redis(?:-stack)?|valkey|keydb|dragonfly|memcached|elasticsearch|opensearch|cassandra|scylla|influxdb|couchdb|clickhouse(?:-server)?|neo4j|etcd|rabbitmq|kafka|nats|zookeeper|cockroach|mssql(?:-server)?|oracle\S*)(?:[:@]|$)/;

/** Whether it is a database, a cache or a queue, by its image's name. */
export function isDataStore({ service, image }: ComposeSubject): boolean {
  return STORES.test(service.image ?? "") || STORES.test(image.base ?? "");
}
