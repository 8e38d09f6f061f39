import type { Problem } from "../kafka/problem.ts";
import type { Service } from "../render/nodeFile.ts";
import { KAFKA_PORTS, ZOOKEEPER_PORTS } from "../render/machinePaths.ts";

/**
 * How far a cluster is secured. A cluster that lives goes from one to the next, forth or back, each in an update of its own:
 * - `plaintext`: nothing is encrypted, nobody is asked who it is;
 * - `opened`: brokers and ZooKeeper's servers listen with TLS as well, and users exist; nobody has to use it;
 * - `switched`: brokers and servers talk to each other with TLS; clients may still come without;
 * - `secured`: what is not encrypted and authenticated is refused.
 *
 * Source of the order: Kafka documentation, "Incorporating Security Features in a Running Cluster"; ZooKeeper administrator's
 * guide, "Upgrading existing non-TLS cluster with no downtime".
 */
export const PHASES = ["plaintext", "opened", "switched", "secured"] as const;

/** See {@link PHASES}. */
export type Phase = (typeof PHASES)[number];

/** Whether it takes connections without TLS. */
export function hasPlaintext(phase: Phase): boolean {
  return phase !== "secured";
}

/** Whether it takes connections with TLS. */
export function hasTls(phase: Phase): boolean {
  return phase !== "plaintext";
}

/** Whether brokers, servers and the deployer use TLS with each other. */
export function usesTls(phase: Phase): boolean {
  return phase === "switched" || phase === "secured";
}

/** The port at which brokers and the deployer talk to a service: it is open in the phase before and after as well. */
export function memberPort(service: Service, phase: Phase): number {
  switch (service) {
    case "kafka":
      return usesTls(phase) ? KAFKA_PORTS.broker : KAFKA_PORTS.plaintext;
    case "zookeeper":
      return usesTls(phase) ? ZOOKEEPER_PORTS.secureClient : ZOOKEEPER_PORTS.client;
    default:
      return service satisfies never;
  }
}

/** The port that clients of the brokers bootstrap from: without TLS as long as the brokers do without. */
export function clientPort(phase: Phase): number {
  return usesTls(phase) ? KAFKA_PORTS.client : KAFKA_PORTS.plaintext;
}

/**
 * The first version of Kafka that has all that the program secures it with: PEM files as key stores and users made over
 * Kafka's own protocol came with 2.7 (KIP-651, KIP-554), TLS to ZooKeeper with 2.5 (KIP-515).
 */
export const FIRST_SECURED_VERSION = "2.7.0";

/** What stands against a change of the phase of a cluster that lives. */
export function phaseProblems(deployed: Phase, next: Phase): Problem[] {
  const [from, to] = [PHASES.indexOf(deployed), PHASES.indexOf(next)];
  if (Math.abs(from - to) <= 1) return [];
  const step = PHASES[from + Math.sign(to - from)] ?? deployed;
  const allowed = `${step}, then on: the cluster is ${deployed}, and goes step by step (${PHASES.join(", ")}), each in an update of its own`;
  return [{ key: "security", value: next, allowed }];
}
