/** The plan of an image that the Compose file composes of Debian packages and its own files: base, runtime, app. */
import { digestOf } from "../content/digest.ts";
import type { PackageSource } from "../debian/locked-package.ts";
import { Fault, type Place } from "../fault/fault.ts";
import type { ComposeProject } from "../recipe/compose.ts";
import type { ComposeService } from "../recipe/compose-service.ts";
import type { Entry, Part } from "../tree/tree.ts";
import { contextEntries } from "./context-files.ts";
import { debianLayers, plannedLayer } from "./debian-layers.ts";
import { healthCheckOf, imageConfig } from "./image-config.ts";
import type { ImagePlan } from "./image-plan.ts";
import type { LockedImage } from "./lock.ts";
import type { ContextRequest, ImageRequest } from "./request.ts";

export interface PackageImageOptions {
  readonly request: ImageRequest;
  readonly locked: LockedImage;
  readonly project: ComposeProject;
  readonly service: ComposeService;
  readonly context: ContextRequest;
  readonly architecture: "amd64" | "arm64";
  readonly debian: PackageSource;
}

/** @throws Fault `plan/no-command`, and those of context-files.ts */
export async function planPackageImage(options: PackageImageOptions): Promise<ImagePlan> {
  const { request, locked, project, service, architecture, debian } = options;
  const { recipe } = request;
  const { command = [], entrypoint = [] } = service;
  if (command.length + entrypoint.length === 0) throw noCommand(project, service);
  const entries = await contextEntries({
    ...options.context,
    secrets: new Set([...project.secrets.values(), ...project.configs.values()].map(({ path }) => path)),
    place: placeOf(project, service, "x-seaworthy"),
  });
  const packages = locked.layers.reduce((sum, layer) => sum + layer.packages.length, 0);
  return {
    service: request.service,
    reference: request.reference,
    role: "app",
    recipe: recipe.name,
    accounts: recipe.accounts,
    config: imageConfig({
      ...{ recipe, architecture, command, entrypoint },
      healthCheck: healthCheckOf(service),
      ports: service.ports.map((port) => port.target),
      labels: [["org.opencontainers.image.title", request.service]],
    }),
    layers: [
      ...debianLayers({ recipe, locked, architecture, source: debian, files: [] }),
      plannedLayer("app", `seaworthy: ${entries.length} files of the build context`, [appPart(entries)]),
    ],
    pinnedBy: `${packages} Debian packages by seaworthy.lock, ${entries.length} files of the build context`,
    developmentOnly: [],
    installScripts: () => Promise.resolve([]),
    budget: undefined,
  };
}

function appPart(entries: readonly Entry[]): Part {
  const facts = entries.map((entry) =>
    entry.kind === "file" ? { ...entry, content: digestOf(entry.content) } : entry,
  );
  return {
    name: "app",
    key: digestOf(JSON.stringify(["context", 1, facts])),
    entries: () => Promise.resolve(entries),
  };
}

function noCommand(project: ComposeProject, service: ComposeService): Fault {
  return new Fault({
    code: "plan/no-command",
    message: `expected ${service.name} to say what it runs, found neither a command nor an entrypoint`,
    place: placeOf(project, service, "command"),
    hint: 'Packages do not say how your service starts. Add one, such as: command: ["python3", "-m", "app"].',
  });
}

function placeOf(project: ComposeProject, service: ComposeService, key: string): Place {
  return project.place(["services", service.name, key]);
}
