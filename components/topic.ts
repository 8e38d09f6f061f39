import * as pulumi from "@pulumi/pulumi";
import { resultOf, scriptCommand } from "./scriptCommand.ts";
import type { DeployerKey } from "./deployerKey.ts";
import { MIB } from "../model/settings/memorySize.ts";
import type { TopicShape } from "../model/livingCluster.ts";
import type { Reach } from "../model/reach.ts";
import type { TopicSettings } from "../model/settings/topicSettings.ts";
import type { TopicBroker, TopicResult, TopicSpec } from "../model/specs/topicSpec.ts";

/** Arguments of {@link Topic}. */
export interface TopicArgs extends TopicSettings {
  /** The cluster's brokers. */
  readonly brokers: readonly TopicBroker[];
  /** How to get to the brokers. */
  readonly reach: pulumi.Input<Reach>;
  /** Logs in to the bastion, if the reach is one. */
  readonly deployerKey: DeployerKey;
  /** The most that a broker sends and, apart from that, takes for moves, in MiB per second. */
  readonly throttleMiBps: pulumi.Input<number>;
  /** What the topic is on and goes with: when it is destroyed, the topic's own deletion has nothing left to do. */
  readonly cluster?: pulumi.Resource;
  /** What has to be healthy before the topic is touched. */
  readonly startAfter?: readonly pulumi.Resource[];
}

/**
 * A topic that the program makes, or takes over when it exists, and changes in place from then on. It stays when the
 * program names it no more, unless its `deletion` is `delete`.
 */
export class Topic extends pulumi.ComponentResource {
  /** Name, partitions and replication factor, as they are in the cluster. */
  readonly shape: pulumi.Output<TopicShape>;

  constructor(name: string, args: TopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:Topic", name, {}, opts);
    const { deployerKey, cluster, startAfter, reach, throttleMiBps, ...settings } = args;

    const spec = pulumi.all([reach, throttleMiBps]).apply(([reach, throttleMiBps]): TopicSpec => ({
      ...settings,
      reach,
      throttleBytesPerSecond: throttleMiBps * MIB,
    }));
    const managed = scriptCommand(
      `${name}-managed`,
      {
        // One and the same: it makes what is missing and changes what differs. So an interrupted creation is gone on
        // with and not, as others are, deleted first (scripts/stack/recovery.ts): the topic may be one taken over.
        create: "topic ensure",
        update: "topic ensure",
        delete: "topic delete",
        spec,
        secrets: deployerKey.secrets,
        triggers: [settings.name],
        // It holds the configs that the last run has set.
        lastResult: true,
      },
      {
        parent: this,
        // Under one name, the deletion of the old one after the creation of the new one would delete the new one.
        deleteBeforeReplace: true,
        ...(cluster && { deletedWith: cluster }),
        dependsOn: [...(startAfter ?? [])],
      },
    );

    const result = resultOf<TopicResult>(managed);
    this.shape = result.apply(({ name, partitions, replicationFactor }) => ({ name, partitions, replicationFactor }));
    this.registerOutputs({ shape: this.shape });
  }
}
