import { ZOOKEEPER_DATA_DIR, ZOOKEEPER_PORTS } from "./paths.ts";
import { renderProperties } from "./properties.ts";
import type { EnsembleServer } from "./serverProperties.ts";

/**
 * Renders zoo.cfg, the same text on every server of the ensemble.
 *
 * Times follow ZooKeeper's administrator's guide: tickTime 2 s, ten ticks to join, five to fall behind. Snapshots are
 * purged daily down to three. The AdminServer is off and only the four-letter words that the health checks use answer.
 */
export function renderZooCfg(ensemble: readonly EnsembleServer[]): string {
  return renderProperties([
    ["tickTime", "2000"],
    ["initLimit", "10"],
    ["syncLimit", "5"],
    ["dataDir", ZOOKEEPER_DATA_DIR],
    ["clientPort", String(ZOOKEEPER_PORTS.client)],
    ["maxClientCnxns", "60"],
    ["autopurge.snapRetainCount", "3"],
    ["autopurge.purgeInterval", "24"],
    ["admin.enableServer", "false"],
    ["4lw.commands.whitelist", "ruok,srvr"],
    ...ensemble.map((server): [string, string] => [
      `server.${server.id}`,
      `${server.address}:${ZOOKEEPER_PORTS.quorum}:${ZOOKEEPER_PORTS.election}`,
    ]),
  ]);
}
