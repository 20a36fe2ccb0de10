/** Every control of a container as a rule: whether the Compose file asks for it. What it asks for is proven elsewhere. */
import { isDeepStrictEqual } from "node:util";
import type { Container } from "../../engine/container.ts";
import type { Control } from "../../posture/control.ts";
import { nonRoot } from "../../posture/controls/non-root.ts";
import { privateNetwork } from "../../posture/controls/private-network.ts";
import { controlsOf } from "../../posture/controls.ts";
import { toContainer } from "../../stack/container.ts";
import { beginsAsRoot } from "../dockerfile/known-bases.ts";
import type { Seen } from "../source-rule.ts";
import { type ComposeRule, type ComposeSubject, judgeKey, NOTHING, remark } from "./subject.ts";

export const DECLARED_RULES: readonly ComposeRule[] = controlsOf("strict").map((control) => ({
  ...control,
  check: (subject) => {
    if (control.posture === "strict" && subject.project.posture !== "strict") return NOTHING;
    return judges.get(control)?.(subject) ?? declared(subject, control);
  },
}));

const judges = new Map<Control, (subject: ComposeSubject) => Seen>([
  [nonRoot, judgeUser],
  [privateNetwork, judgeNetwork],
]);

/** A control that would change the container is one that was not asked for. */
function declared(subject: ComposeSubject, control: Control): Seen {
  const container = sketch(subject);
  const hasNothing = control.loosen(container) === undefined;
  if (hasNothing) return { wrong: [], looked: [] };
  const isDeclared = isDeepStrictEqual(control.apply(container), container);
  const { key } = control;
  const wrong = { en: "nothing declares it", ru: "это нигде не задано" };
  return judgeKey(subject, key, isDeclared ? undefined : wrong, isDeclared ? "declared" : "not declared");
}

/** The container as far as the Compose file says; who its user is and what it runs are not asked of it. */
function sketch({ project, service }: ComposeSubject): Container {
  const image: Container["image"] = {
    reference: service.image ?? service.name,
    manifest: { digest: `sha256:${"0".repeat(64)}` },
    config: {
      ...{ architecture: "amd64", created: "", user: "", workingDirectory: "/", stopSignal: "" },
      ...{ env: [], entrypoint: [], command: ["true"], exposedPorts: [], volumes: [], labels: [] },
      healthCheck: undefined,
    },
    layers: [],
  };
  const anybody = { ...service, user: { user: 10001, group: 10001 }, groups: [] };
  return toContainer(anybody, { project, image, accounts: [], groups: new Map(), stateRoot: "/" }).container;
}

function judgeUser(subject: ComposeSubject): Seen {
  const { service, image } = subject;
  if (service.user === undefined) {
    if (image.from === "dockerfile") return { wrong: [], looked: [] };
    if (image.from === "assembled")
      return judgeKey(subject, "user", undefined, "images that are assembled have one");
    const isRoot = beginsAsRoot(image.base ?? "");
    if (isRoot === false) return judgeKey(subject, "user", undefined, "the image's name says so");
    if (isRoot === true) {
      const said = {
        en: `no user, and ${image.base} begins as root`,
        ru: `user не задан, а ${image.base} начинает от root`,
      };
      return judgeKey(subject, "user", said, "none");
    }
    const unknown = remark(
      subject,
      ["user"],
      `no user, and whom ${image.base} runs as cannot be told from its name`,
      `user не задан, а чей пользователь в ${image.base}, по имени не видно`,
    );
    return { wrong: [], looked: [], unknown };
  }
  const { user, group } = service.user;
  const isRoot = (id: string | number | undefined): boolean => id === 0 || id === "root";
  const shown = group === undefined ? String(user) : `${user}:${group}`;
  if (isRoot(user) || isRoot(group) || service.groups.some(isRoot)) {
    return judgeKey(subject, "user", { en: `${shown} is root's`, ru: `${shown} — это root` }, shown);
  }
  if (typeof user === "number" && group === undefined) {
    const said = {
      en: `${shown} without a group is of root's group, unless the image has an account of that number`,
      ru: `${shown} без группы — в группе root, если в образе нет учётной записи с этим номером`,
    };
    return judgeKey(subject, "user", said, shown);
  }
  return judgeKey(subject, "user", undefined, shown);
}

/** With Docker a network has a way out unless it says that it has none. */
function judgeNetwork(subject: ComposeSubject): Seen {
  const { service, project } = subject;
  if (service.network === "host") {
    return judgeKey(subject, "network_mode", { en: "the host's network", ru: "сеть хоста" }, "host");
  }
  if (service.network !== "pod")
    return judgeKey(subject, "network_mode", undefined, "a network of its own or of another service");
  const isOpen = (name: string): boolean => !(project.networks.get(name)?.internal ?? false);
  const open = service.networks.map(({ network }) => network).find(isOpen);
  if (open === undefined) return judgeKey(subject, "networks", undefined, "internal");
  const said = { en: `the network ${open} is not internal`, ru: `сеть ${open} не internal` };
  return judgeKey(subject, "networks", said, open);
}
