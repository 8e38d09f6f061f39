import type { Problem } from "./problem.ts";
import { isNewer, type KafkaVersion, kafkaVersion } from "./versions.ts";

/** What the brokers of a cluster run, and what they speak with each other. */
export interface Release {
  /** Kafka's version. */
  readonly kafkaVersion: string;
  /** inter.broker.protocol.version */
  readonly interBrokerProtocolVersion: string;
}

/** What a change from one release to another is. */
export type ReleaseChange = "none" | "upgrade" | "downgrade" | "protocol";

/** Tells what a change of the release is; it need not be one that is possible. */
export function releaseChange(deployed: Release, next: Release): ReleaseChange {
  if (isNewer(next.kafkaVersion, deployed.kafkaVersion)) return "upgrade";
  if (isNewer(deployed.kafkaVersion, next.kafkaVersion)) return "downgrade";
  return next.interBrokerProtocolVersion === deployed.interBrokerProtocolVersion ? "none" : "protocol";
}

/**
 * The protocol for an update that does not name one: the deployed one, so that an upgrade can be undone until the user
 * raises it; the version's own for a cluster that does not live yet.
 */
export function defaultProtocol(version: KafkaVersion, deployed: Release | undefined): string {
  return deployed?.interBrokerProtocolVersion ?? version.protocol;
}

/**
 * Finds what stands against a change of the release of a cluster that lives.
 *
 * Source of the rules: Kafka documentation, "Upgrading From Previous Versions" (binaries first with the old
 * inter.broker.protocol.version, then the protocol; no way back after that).
 */
export function releaseProblems(deployed: Release, next: Release): Problem[] {
  const [from, to] = [kafkaVersion(deployed.kafkaVersion), kafkaVersion(next.kafkaVersion)];
  const { interBrokerProtocolVersion: before } = deployed;
  const { interBrokerProtocolVersion: after } = next;
  const protocol = (allowed: string): Problem[] => [{ key: "interBrokerProtocolVersion", value: after, allowed }];
  const version = (allowed: string): Problem[] => [{ key: "kafkaVersion", value: to.version, allowed }];
  switch (releaseChange(deployed, next)) {
    case "none":
      return [];
    case "protocol":
      if (isNewer(after, before)) return [];
      return protocol(
        `at least ${before}, which the brokers speak: what they have written since, older ones can't read`,
      );
    case "upgrade":
      if (!to.upgradesFrom.includes(from.version)) return version(pairs(from, to.upgradesFrom));
      if (after === before) return [];
      return protocol(
        `${before} during the upgrade, so that it can be undone; ` +
          `raise it in an update of its own when all brokers run ${to.version}`,
      );
    case "downgrade":
      if (!from.upgradesFrom.includes(to.version)) return version(pairs(from, []));
      if (isNewer(before, to.protocol)) {
        return version(
          `${from.version}: the brokers speak protocol ${before} with each other (interBrokerProtocolVersion), and what ` +
            `they have written since it was raised ${to.version} can't read; a downgrade is possible before that only`,
        );
      }
      return after === before ? [] : protocol(`${before} during the downgrade, as deployed`);
  }
}

function pairs(deployed: KafkaVersion, from: readonly string[]): string {
  const ways = from.length === 0 ? "there is no way from it" : `an upgrade is possible from ${from.join(", ")} only`;
  return `${deployed.version}, with which the cluster lives: ${ways}`;
}
