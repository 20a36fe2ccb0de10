/** Takes an image's name apart the way the docker CLI does: registry, repository, tag, digest. */

export interface ImageName {
  /** `registry.example`, `localhost:5000`; `undefined` when the name has none, which means the engine's own default. */
  readonly registry: string | undefined;
  /** As given, registry included, tag and digest not: `myapp`, `localhost:5000/team/app`. */
  readonly repository: string;
  /** `latest` when there is neither tag nor digest; `undefined` beside a digest alone. */
  readonly tag: string | undefined;
  /** `sha256:...`. */
  readonly digest: string | undefined;
}

/** The first part is a registry when it has a dot or a colon, or is `localhost`. */
export function parseImageName(name: string): ImageName {
  const at = name.indexOf("@");
  const digest = at === -1 ? undefined : name.slice(at + 1);
  const rest = at === -1 ? name : name.slice(0, at);
  const colon = rest.indexOf(":", rest.lastIndexOf("/") + 1);
  const repository = colon === -1 ? rest : rest.slice(0, colon);
  const tag = colon === -1 ? (digest === undefined ? "latest" : undefined) : rest.slice(colon + 1);
  const first = repository.includes("/") ? (repository.split("/")[0] ?? "") : "";
  const registry = /[.:]/.test(first) || first === "localhost" ? first : undefined;
  return { registry, repository, tag, digest };
}
