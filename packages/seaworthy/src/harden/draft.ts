/** The changes of one service as they are gathered: what is written where, and the edits that would have it otherwise. */
import type { StackService } from "../engine/stack-service.ts";
import { childOf, type Edit, itemsOf, type Step } from "./edit-value.ts";
import type { YamlValue } from "./yaml-source.ts";

export interface Change {
  readonly service: string;
  /** Of the service: `cap_drop`. */
  readonly key: string;
  /** What is written there now, in Compose's words. */
  readonly what: string;
  readonly reason: string;
  readonly edits: readonly FileEdit[];
}

export interface FileEdit {
  /** One of the files that were given. */
  readonly file: string;
  readonly edit: Edit;
}

/** What one file says about a service, anchors followed and variables not put in. */
export interface WrittenService {
  readonly file: string;
  readonly value: YamlValue;
}

export interface ChangeRequest {
  readonly before: StackService;
  readonly after: StackService;
  /** Later ones over earlier; what is new is written into the last. */
  readonly written: readonly WrittenService[];
  /** Whether ports stay on the addresses that they are published on. */
  readonly keepPorts: boolean;
}

export interface Draft extends ChangeRequest {
  readonly changes: readonly Change[];
  /** Of a key of the service, from the file's root. */
  path(...steps: readonly Step[]): readonly Step[];
  /** Nothing when there are no edits. */
  add(key: string, what: string, reason: string, edits: readonly FileEdit[]): void;
  /** A key of the service, with the reason beside it. */
  set(key: string, value: YamlValue, what: string, reason: string): void;
  /** A key of the service, in each file that has it. */
  remove(key: string, reason: string): void;
  /** Where a list of the service has items that are not as they should be; `undefined` is one that should not be. */
  rewritten(key: string, to: (item: string) => string | undefined): readonly FileEdit[];
  /** Something at a path from the root of the file that new things are written into. */
  placed(path: readonly Step[], value: YamlValue, comment?: string): FileEdit;
  appended(key: string, item: string, comment: string): FileEdit;
}

/** @param file the one that new things are written into */
export function draftOf(request: ChangeRequest, file: string): Draft {
  const { before, written } = request;
  const service = before.container.name;
  const changes: Change[] = [];
  const path = (...steps: readonly Step[]): readonly Step[] => ["services", service, ...steps];
  const placed = (at: readonly Step[], value: YamlValue, comment?: string): FileEdit => ({
    file,
    edit: { kind: "set", path: at, value, ...(comment === undefined ? {} : { comment }) },
  });
  const add: Draft["add"] = (key, what, reason, edits) => {
    if (edits.length > 0) changes.push({ service, key, what, reason, edits });
  };
  return {
    ...request,
    changes,
    path,
    placed,
    add,
    set: (key, value, what, reason) =>
      add(key, `${key}: ${what}`, reason, [placed(path(key), value, reason)]),
    remove(key, reason) {
      const files = written.filter(({ value }) => childOf(value, [key]) !== undefined);
      const edits = files.map(
        (one): FileEdit => ({ file: one.file, edit: { kind: "remove", path: path(key) } }),
      );
      add(key, `without ${key}`, reason, edits);
    },
    rewritten: (key, to) =>
      written.flatMap((one) =>
        itemsOf(childOf(one.value, [key])).flatMap((value): FileEdit[] => {
          const item = textOf(value);
          const other = item === undefined ? undefined : to(item);
          if (item === undefined || other === item) return [];
          const edit: Edit =
            other === undefined
              ? { kind: "drop", path: path(key), item }
              : { kind: "swap", path: path(key), item, to: other };
          return [{ file: one.file, edit }];
        }),
      ),
    appended: (key, item, comment) => ({ file, edit: { kind: "add", path: path(key), item, comment } }),
  };
}

/** A scalar as it would be read where a word is expected. */
export function textOf(value: YamlValue): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
