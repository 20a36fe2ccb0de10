/** Where a Docker Engine listens, and who said so. */
import type { DockerAddress } from "../../net/docker-transport.ts";

export interface DockerEndpoint {
  readonly address: DockerAddress;
  /** As the user would write it: `unix:///var/run/docker.sock`. */
  readonly text: string;
  /** Who named it: `DOCKER_HOST`, `context "desktop-linux"`, `the usual place`. */
  readonly source: string;
}
