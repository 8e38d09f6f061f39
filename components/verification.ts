import * as pulumi from "@pulumi/pulumi";
import { resultOf, scriptCommand } from "./scriptCommand.ts";
import * as random from "@pulumi/random";
import type { DeployerKey } from "./deployerKey.ts";
import type { PartitionState } from "../model/kafka/partition.ts";
import type { Reach } from "../model/reach.ts";
import type {
  Login,
  SpecBroker,
  VerificationResult,
  VerificationSecrets,
  VerificationSpec,
  VerificationTimes,
} from "../model/specs/verificationSpec.ts";

/** Arguments of {@link Verification}. */
export interface VerificationArgs {
  /** The cluster's brokers: the last one takes the message, the others give it back. */
  readonly brokers: readonly SpecBroker[];
  /** How to get to the brokers. */
  readonly reach: pulumi.Input<Reach>;
  /** Logs in to the bastion, if the reach is one. */
  readonly deployerKey: DeployerKey;
  /** Whom it logs in as; its password is a secret. @default nobody: the cluster does not ask */
  readonly login?: pulumi.Input<Login> | undefined;
  /** Topic that is made when it is missing, and must have the shape below when it exists. */
  readonly topic: pulumi.Input<string>;
  /** Number of partitions. */
  readonly partitions: pulumi.Input<number>;
  /** Replicas of each partition, at most the number of brokers. */
  readonly replicationFactor: pulumi.Input<number>;
  /** Kafka's version, for people. */
  readonly kafkaVersion: pulumi.Input<string>;
  /** Upper limit for the whole run, in seconds. */
  readonly timeoutSeconds: pulumi.Input<number>;
  /** Values whose change calls for a new run, for example what the members run and on which machines. */
  readonly rerunOn: readonly pulumi.Input<string>[];
  /** What has to be healthy before the run starts. */
  readonly startAfter?: readonly pulumi.Resource[];
}

/** What a run leaves for the record. */
export interface VerificationRun {
  /** Key of the message. */
  readonly runId: string;
  /** The message's offset in its partition. */
  readonly offset: string;
  /** When each step was done. */
  readonly milliseconds: VerificationTimes;
}

/**
 * Proves after the deployment that the cluster replicates a topic and carries a JSON message from one broker to the
 * others; a failed proof fails the deployment. Runs again when the brokers or the settings change.
 */
export class Verification extends pulumi.ComponentResource {
  /** Name of the topic. */
  readonly topic: pulumi.Output<string>;
  /** Leader, replicas and in-sync replicas of each partition. */
  readonly partitions: pulumi.Output<readonly PartitionState[]>;
  /** Address of the broker that took the message. */
  readonly producedVia: pulumi.Output<string>;
  /** Addresses of the brokers that gave it back. */
  readonly consumedVia: pulumi.Output<readonly string[]>;
  /** The run that proved it. */
  readonly run: pulumi.Output<VerificationRun>;

  constructor(name: string, args: VerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:Verification", name, {}, opts);
    const { reach, deployerKey, rerunOn, startAfter, login, ...settings } = args;

    const run = new random.RandomUuid(
      `${name}-run`,
      { keepers: { settings: pulumi.jsonStringify(settings), rerunOn: pulumi.jsonStringify(rerunOn) } },
      { parent: this },
    );
    const spec = pulumi
      .all([settings, reach, run.result])
      .apply(([settings, reach, runId]): VerificationSpec => ({ ...settings, reach, runId }));
    const secrets = pulumi
      .all([deployerKey.secrets, login])
      .apply(([secrets, login]): VerificationSecrets => ({ ...secrets, ...(login && { login }) }));
    const roundTrip = scriptCommand(
      `${name}-round-trip`,
      {
        create: "verify",
        update: "verify",
        spec,
        secrets,
      },
      { parent: this, dependsOn: [...(startAfter ?? [])] },
    );

    const result = resultOf<VerificationResult>(roundTrip);
    this.topic = result.topic;
    this.partitions = result.partitions;
    this.producedVia = result.producedVia;
    this.consumedVia = result.consumedVia;
    this.run = result.apply(({ runId, offset, milliseconds }) => ({ runId, offset, milliseconds }));
    this.registerOutputs({
      topic: this.topic,
      partitions: this.partitions,
      producedVia: this.producedVia,
      consumedVia: this.consumedVia,
      run: this.run,
    });
  }
}
