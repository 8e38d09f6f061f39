import { hasPlaintext, hasTls, type Phase, usesTls } from "../security/phase.ts";
import { ZOOKEEPER_DATA_DIR, ZOOKEEPER_PORTS, ZOOKEEPER_TLS } from "./machinePaths.ts";
import { renderProperties } from "./properties.ts";
import type { EnsembleServer } from "./serverProperties.ts";

/**
 * Renders zoo.cfg, the same text on every server of the ensemble.
 *
 * Times follow ZooKeeper's administrator's guide: tickTime 2 s, ten ticks to join, five to fall behind. Snapshots are
 * purged daily down to three. The AdminServer is off and only the four-letter words that the health checks use answer.
 */
export function renderZooCfg(ensemble: readonly EnsembleServer[], security: Phase): string {
  return renderProperties([
    ["tickTime", "2000"],
    ["initLimit", "10"],
    ["syncLimit", "5"],
    ["dataDir", ZOOKEEPER_DATA_DIR],
    ...(hasPlaintext(security) ? [["clientPort", String(ZOOKEEPER_PORTS.client)] as const] : []),
    ["maxClientCnxns", "60"],
    ["autopurge.snapRetainCount", "3"],
    ["autopurge.purgeInterval", "24"],
    ["admin.enableServer", "false"],
    ["4lw.commands.whitelist", "ruok,srvr"],
    ...(hasTls(security) ? tls(security) : []),
    ...ensemble.map((server): [string, string] => [
      `server.${server.id}`,
      `${server.address}:${ZOOKEEPER_PORTS.quorum}:${ZOOKEEPER_PORTS.election}`,
    ]),
  ]);
}

/**
 * TLS for clients and among the servers, each by certificate. Among the servers it comes in three steps: certificates are
 * there, they are used, nothing else is taken.
 *
 * Source: ZooKeeper administrator's guide, "Quorum TLS" and "Upgrading existing non-TLS cluster with no downtime".
 */
function tls(security: Phase): (readonly [key: string, value: string])[] {
  return [
    ["secureClientPort", String(ZOOKEEPER_PORTS.secureClient)],
    // The one that can do TLS; it serves the port without as well.
    ["serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory"],
    ["ssl.clientAuth", "need"],
    ["ssl.keyStore.location", ZOOKEEPER_TLS.identity],
    ["ssl.trustStore.location", ZOOKEEPER_TLS.authorities],
    ["sslQuorum", String(usesTls(security))],
    ["portUnification", String(hasPlaintext(security))],
    ["ssl.quorum.clientAuth", "need"],
    ["ssl.quorum.keyStore.location", ZOOKEEPER_TLS.identity],
    ["ssl.quorum.trustStore.location", ZOOKEEPER_TLS.authorities],
  ];
}
