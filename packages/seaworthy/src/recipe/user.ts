/** Reads `user:` (`10001:10001`, `appuser`, `1000:staff`): ids as numbers, names for the image to resolve. */
import { type ComposeNode, valueFault } from "./compose-node.ts";
import { expectString, expectText } from "./expect.ts";

export interface ComposeUser {
  readonly user: number | string;
  readonly group: number | string | undefined;
}

const PART = /^(?:\d{1,10}|[A-Za-z_][A-Za-z0-9_.-]*\$?)$/;
const MAX_ID = 2 ** 31 - 1;

export function readUser(node: ComposeNode): ComposeUser {
  const parts = expectString(node).split(":");
  const [user, group] = parts.map((part) => accountOf(part, node));
  if (user === undefined || parts.length > 2) throw valueFault(node, 'like "10001:10001"');
  return { user, group };
}

export function readGroup(node: ComposeNode): number | string {
  return accountOf(expectText(node), node);
}

function accountOf(part: string, node: ComposeNode): number | string {
  if (!PART.test(part)) throw valueFault(node, 'like "10001:10001"');
  if (!/^\d/.test(part)) return part;
  const id = Number(part);
  if (id > MAX_ID) throw valueFault(node, `an id of at most ${MAX_ID}`);
  return id;
}
