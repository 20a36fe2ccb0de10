/** The plan of a Node service's image: base, runtime, dependencies, app, least changing first. */
import { digestOf } from "../content/digest.ts";
import type { PackageSource } from "../debian/locked-package.ts";
import { type BuildStageOptions, buildApp, buildInputs } from "../npm/build-stage.ts";
import { dependencyParts } from "../npm/dependency-parts.ts";
import { findInstallScripts } from "../npm/install-scripts.ts";
import { nodePart } from "../npm/node-runtime.ts";
import { type Platform, selectPackages } from "../npm/select.ts";
import type { TarballSource } from "../npm/tarball-source.ts";
import type { ComposeService } from "../recipe/compose-service.ts";
import { debianLayers, plannedLayer } from "./debian-layers.ts";
import { healthCheckOf, imageConfig } from "./image-config.ts";
import type { ImagePlan, LayerPlan } from "./image-plan.ts";
import type { LockedImage } from "./lock.ts";
import type { ImageRequest, NodeServiceRequest } from "./request.ts";

export interface NodeImageOptions {
  readonly request: ImageRequest;
  readonly node: NodeServiceRequest;
  readonly locked: LockedImage;
  readonly service: ComposeService;
  readonly architecture: "amd64" | "arm64";
  readonly debian: PackageSource;
  readonly npm: TarballSource;
  readonly onOutput?: BuildStageOptions["onOutput"];
}

const APP = "app";
/** In bytes. Node itself takes 127 MB of it (24), and 150 MB from 26 on. */
const BUDGET = 150_000_000;
const BUDGET_FROM_26 = 175_000_000;

export async function planNodeImage(options: NodeImageOptions): Promise<ImagePlan> {
  const { request, node, locked, architecture, npm } = options;
  const runtime = locked.node;
  if (runtime === undefined)
    throw new TypeError(`expected a Node version in the lock for ${request.service}, found none`);
  const platform: Platform = {
    os: "linux",
    cpu: architecture === "amd64" ? "x64" : "arm64",
    libc: "glibc",
    node: runtime.version,
  };
  const { recipe } = request;
  const dependencies = dependencyParts(node.project.lock, { platform, dev: false, prefix: APP, source: npm });
  const count = dependencies.filter((part) => part.name !== "npm/.bin").length;
  const layers: LayerPlan[] = [
    ...debianLayers({ recipe, locked, architecture, source: options.debian, files: [] }),
    plannedLayer("runtime", `seaworthy: node ${runtime.version} from npm`, [
      nodePart({ pin: runtime, because: runtime.because }, npm),
    ]),
    plannedLayer("dependencies", `seaworthy: ${count} packages of ${node.project.lock.file}`, dependencies),
    await appLayer(options),
  ];
  const packages = locked.layers.reduce((sum, layer) => sum + layer.packages.length, 0);
  return {
    service: request.service,
    reference: request.reference,
    role: "app",
    recipe: recipe.name,
    accounts: recipe.accounts,
    config: imageConfig({
      recipe,
      architecture,
      command: options.service.command ?? node.about.start.argv,
      entrypoint: options.service.entrypoint ?? [],
      healthCheck: healthCheckOf(options.service),
      ports: options.service.ports.map((port) => port.target),
      labels: [
        ["org.opencontainers.image.title", node.about.name],
        ["org.opencontainers.image.version", node.about.version],
        ...label("org.opencontainers.image.description", node.about.description),
        ...label("org.opencontainers.image.licenses", node.about.license),
      ],
    }),
    layers,
    pinnedBy: `${packages} Debian packages and Node ${runtime.version} by seaworthy.lock, ${count} npm packages by ${node.project.lock.file}`,
    developmentOnly: [...node.project.lock.nodes.values()]
      .filter((item) => item.dev)
      .map((item) => `${APP}/${item.path}`),
    installScripts: () => namedInstallScripts(node, platform, npm),
    budget: Number.parseInt(runtime.version, 10) < 26 ? BUDGET : BUDGET_FROM_26,
  };
}

async function appLayer({ node, npm, onOutput }: NodeImageOptions): Promise<LayerPlan> {
  const { name, version, buildScript } = node.about;
  const inputs = await buildInputs(node.project);
  const options = { prefix: APP, source: npm, ...(onOutput === undefined ? {} : { onOutput }) };
  return {
    name: "app",
    createdBy: `seaworthy: ${buildScript === undefined ? "" : "npm run build, "}npm pack of ${name} ${version}`,
    inputs: digestOf(JSON.stringify(["app", inputs])),
    parts: async () => [(await buildApp(node.project, options)).part],
  };
}

/** Found by looking into every package, and remembered for as long as the lock stays the same. */
async function namedInstallScripts(
  { project }: NodeServiceRequest,
  platform: Platform,
  source: TarballSource,
): Promise<readonly string[]> {
  const { packages } = selectPackages(project.lock, { platform, dev: false });
  const key = digestOf(
    JSON.stringify([
      "install scripts",
      packages.map(({ name, integrity, hasInstallScript }) => [name, integrity, hasInstallScript]),
    ]),
  );
  const known = await source.store.recall(key);
  if (known !== undefined) return JSON.parse(known) as readonly string[];
  const found = await findInstallScripts(packages, source);
  const names = found.map(({ package: item, why }) => `${item.name} ${item.version} (${why})`);
  await source.store.remember(key, JSON.stringify(names));
  return names;
}

function label(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}
