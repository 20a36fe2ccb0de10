/** Ports that a service is said to listen on, as EXPOSE and Compose's `expose` write them: `8000`, `8000-8010/tcp`, `53/udp`. */
import type { StackService } from "./stack-service.ts";

export interface ExposedPorts {
  /** The first and the last of them. */
  readonly from: number;
  readonly to: number;
  /** `tcp`, `udp`, `sctp`. */
  readonly protocol: string;
}

/**
 * @returns `undefined` for what names no port
 * @see {@link https://github.com/compose-spec/compose-spec/blob/main/05-services.md#expose}
 */
export function parseExposed(text: string): ExposedPorts | undefined {
  const [, from, to = from, protocol = "tcp"] =
    /^(\d{1,5})(?:-(\d{1,5}))?(?:\/([a-z]+))?$/.exec(text.trim().toLowerCase()) ?? [];
  if (from === undefined || to === undefined || Number(to) < Number(from) || Number(to) > 65_535)
    return undefined;
  return { from: Number(from), to: Number(to), protocol };
}

/** Where a service says that it listens: the file by `ports` and `expose`, the image by EXPOSE. */
export function declaredPorts({ ports, expose = [], container }: StackService): readonly ExposedPorts[] {
  return [
    ...ports.map(({ target, protocol = "tcp" }) => ({ from: target, to: target, protocol })),
    ...[...expose, ...container.image.config.exposedPorts].flatMap((text) => parseExposed(text) ?? []),
  ];
}
