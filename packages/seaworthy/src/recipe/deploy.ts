/** Reads `deploy:`, and `scale`: of what is Swarm's, the parts that mean something to one machine. */
import { checkKeys, KEYS } from "./compose-keys.ts";
import { type ComposeWarning, type MapNode, unsupported } from "./compose-node.ts";
import type { ComposeRestart } from "./compose-service.ts";
import { expectInteger, expectMap, expectOneOf, optional } from "./expect.ts";
import { ignore } from "./ignored.ts";

/** Limits are read in limits.ts. @throws Fault for more than one container */
export function checkDeploy(map: MapNode, warnings: ComposeWarning[]): void {
  const deploy = optional(map, "deploy", expectMap);
  const scale = (owner: MapNode, key: string): void => {
    const replicas = optional(owner, key, (node) => expectInteger(node, 0));
    const node = owner.entries.get(key);
    if (node !== undefined && replicas !== undefined && replicas !== 1) {
      throw unsupported(node, `${replicas} containers of one service`, "Leave it out, or write 1.");
    }
  };
  scale(map, "scale");
  if (deploy === undefined) return;
  checkKeys(deploy, KEYS.deploy);
  scale(deploy, "replicas");
  const swarm = ["endpoint_mode", "labels", "mode", "placement", "rollback_config", "update_config"];
  ignore(deploy, swarm, "is for a swarm", warnings);
}

export function deployRestart(map: MapNode): ComposeRestart | undefined {
  const deploy = optional(map, "deploy", expectMap);
  const policy = deploy && optional(deploy, "restart_policy", expectMap);
  if (policy === undefined) return undefined;
  checkKeys(policy, KEYS.restartPolicy);
  const attempts = optional(policy, "max_attempts", (node) => expectInteger(node, 0));
  const words = ["none", "on-failure", "any"] as const;
  const condition = optional(policy, "condition", (node) => expectOneOf(node, words));
  if (condition === "none") return { policy: "no" };
  return condition === "on-failure"
    ? { policy: "on-failure", attempts: attempts || undefined }
    : { policy: "always" };
}
