import type { ApplySpec } from "../../model/specs/applySpec.ts";
import type { ClientTls, Reach } from "../../model/reach.ts";
import type { NodePlan } from "../../model/render/node.ts";
import type { NodeFile, Service } from "../../model/render/nodeFile.ts";
import type { Phase } from "../../model/security/phase.ts";
import { specIn } from "../apply/spec.ts";
import { runningWith } from "../apply/started.ts";
import { UserError } from "../lib/report.ts";
import { nameOf } from "../../model/urn.ts";
import type { Deployment, ExportedResource } from "../stack/exportedState.ts";
import { unfinishedResources, type UnfinishedResource } from "./unfinishedUpdate.ts";

/** What a member's apply deployed on it. */
export interface DeployedApply {
  /** The only host key that is accepted. */
  readonly hostKey: string;
  readonly files: readonly NodeFile[];
  /** The services that it starts, each with the hash of the files that it reads. */
  readonly startHashes: ReadonlyMap<Service, string>;
  /** The broker's; empty for a member without a broker. */
  readonly properties: Readonly<Record<string, string>>;
}

/** A member as it was deployed last. */
export interface DeployedMember extends NodePlan {
  /** `null` when no apply is on record. */
  readonly apply: DeployedApply | null;
}

/** A certificate that the program has made. */
export interface CertificateFacts {
  /** Of its resource: `certificates-kafka-1-kafka-1-certificate`. */
  readonly name: string;
  /** When it ends, in milliseconds since the epoch. */
  readonly ends: number;
  /** How long before that an update renews it, in hours; 0 for an authority's, which none renews. */
  readonly earlyRenewalHours: number;
}

/** A cluster as it was deployed last. */
export interface DeployedCluster {
  readonly kafkaVersion: string;
  readonly reach: Reach;
  /** The deployer's OpenSSH private key. */
  readonly privateKey: string;
  /** How far it is secured. */
  readonly security: Phase;
  /** How the deployer speaks TLS with it; absent while it has none. */
  readonly tls?: ClientTls;
  /** What the program has made; none where they are the user's own. */
  readonly certificates: readonly CertificateFacts[];
  readonly members: readonly DeployedMember[];
  /** What an update after it has begun and not ended. */
  readonly unfinished: readonly UnfinishedResource[];
}

/**
 * Reads the cluster that lives out of a stack's outputs and state.
 *
 * @param outputs with secrets shown
 * @throws UserError when the stack has no cluster, or an older version of the program deployed it
 */
export function deployedCluster(
  stack: string,
  outputs: Readonly<Record<string, unknown>>,
  deployment: Deployment,
): DeployedCluster {
  const { resources = [] } = deployment;
  const { members, kafkaVersion, reach, deployerPrivateKey, security, deployerTls: tls } = outputs;
  if (!Array.isArray(members)) {
    throw new UserError(
      `stack ${stack} has no cluster that lives: its last deployment gave no output members; npm run up`,
    );
  }
  if (reach === undefined || typeof deployerPrivateKey !== "string" || typeof kafkaVersion !== "string") {
    const lacking = "kafkaVersion, reach and deployerPrivateKey";
    throw new UserError(
      `stack ${stack} lacks an output of ${lacking}, which this version of the program gives: npm run up`,
    );
  }
  const specs = new Map(resources.flatMap(applySpecs).map((spec) => [spec.name, spec]));
  const deployed = (members as NodePlan[]).map((plan): DeployedMember => {
    const spec = specs.get(plan.name);
    return {
      // Absent ids are null in outputs.
      ...Object.fromEntries(Object.entries(plan).filter(([, value]) => value !== null)),
      name: plan.name,
      address: plan.address,
      apply: spec ? deployedApply(spec) : null,
    };
  });
  return {
    kafkaVersion,
    reach: reach as Reach,
    privateKey: deployerPrivateKey,
    // Absent from a stack that an older version of this program has deployed.
    security: (security as { phase: Phase } | undefined)?.phase ?? "plaintext",
    ...(Object.keys(tls ?? {}).length > 0 && { tls: tls as ClientTls }),
    certificates: resources.flatMap(certificates),
    members: deployed,
    unfinished: unfinishedResources(
      deployment,
      deployed.map(({ name }) => name),
    ),
  };
}

/** What is on record of a certificate, if the resource is one. */
function certificates({ type, urn, outputs, delete: goes }: ExportedResource): CertificateFacts[] {
  const { validityEndTime, earlyRenewalHours } = outputs ?? {};
  if (goes === true || !type.startsWith("tls:index/") || typeof validityEndTime !== "string") return [];
  return [{ name: nameOf(urn), ends: Date.parse(validityEndTime), earlyRenewalHours: Number(earlyRenewalHours ?? 0) }];
}

/** What a resource was told, if it is the apply of a member: it is known by that. */
function applySpecs({ inputs, delete: goes }: ExportedResource): ApplySpec[] {
  const spec = goes === true ? undefined : specIn(inputs?.environment as Record<string, unknown> | undefined);
  return spec ? [spec] : [];
}

function deployedApply({ hostKey, files, services }: ApplySpec): DeployedApply {
  return {
    hostKey,
    files,
    startHashes: new Map(services.map((service) => [service, runningWith(service, files).hash])),
    properties: runningWith("kafka", files).properties,
  };
}
