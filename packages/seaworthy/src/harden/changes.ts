/** From what a service is and what it is to be, the changes of its Compose file, each with its reason. */
import { type Change, type ChangeRequest, draftOf } from "./draft.ts";
import { changeHealthCheck } from "./health-changes.ts";
import { changeInit, changeLimits } from "./limit-changes.ts";
import { changeMounts } from "./mount-changes.ts";
import { changeNetworks } from "./network-changes.ts";
import { changeExpose, changePorts } from "./port-changes.ts";
import { changePrivileges, changeUser } from "./privilege-changes.ts";

/** Pure. Empty when the service is under the posture already. */
export function changesOf(request: ChangeRequest): readonly Change[] {
  const last = request.written.at(-1);
  if (last === undefined) return [];
  const draft = draftOf(request, last.file);
  changeHealthCheck(draft);
  changeUser(draft);
  changeMounts(draft);
  changePrivileges(draft);
  changePorts(draft);
  changeExpose(draft);
  changeNetworks(draft);
  changeInit(draft);
  changeLimits(draft);
  return draft.changes;
}
