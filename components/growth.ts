import * as pulumi from "@pulumi/pulumi";
import { scriptCommand } from "./scriptCommand.ts";
import type { DeployerKey } from "./deployerKey.ts";
import type { GrowthSpec } from "../model/specs/growthSpec.ts";
import { MIB } from "../model/settings/memorySize.ts";
import type { Reach } from "../model/reach.ts";

/** Arguments of {@link Growth}. */
export interface GrowthArgs {
  readonly brokers: GrowthSpec["brokers"];
  /** How to get to the brokers. */
  readonly reach: pulumi.Input<Reach>;
  /** Logs in to the bastion, if the reach is one. */
  readonly deployerKey: DeployerKey;
  /** The most that a broker sends and, apart from that, takes for moves, in MiB per second. */
  readonly throttleMiBps: pulumi.Input<number>;
  /** How many replicas topics shall have at least, in an update in which topics get more; undefined in every other. */
  readonly factors: GrowthSpec["factors"] | undefined;
  /** What has to be done before, such as the members that have come: their brokers take the replicas. */
  readonly startAfter: readonly pulumi.Resource[];
}

/**
 * Gives topics the replicas that a cluster of more brokers, or their setting, asks for, as soon as the new brokers are there
 * and before any other is restarted: with one replica nobody could do without its broker. In every other update it changes
 * nothing.
 */
export class Growth extends pulumi.ComponentResource {
  /** Done when the topics have their replicas: for dependencies. */
  readonly grown: pulumi.Resource;

  constructor(name: string, args: GrowthArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:Growth", name, {}, opts);
    const { brokers, factors = {}, deployerKey } = args;
    const spec = pulumi.all([args.reach, args.throttleMiBps]).apply(([reach, throttleMiBps]): GrowthSpec => ({
      brokers,
      reach,
      throttleBytesPerSecond: throttleMiBps * MIB,
      factors,
    }));
    this.grown = scriptCommand(
      `${name}-replicas`,
      {
        create: "growth",
        update: "growth",
        spec,
        // What grows again to what it was once has the spec of then.
        environment: args.factors ? { KAFKA_CLUSTER_GROWS: new Date().toISOString() } : {},
        secrets: deployerKey.secrets,
      },
      {
        parent: this,
        dependsOn: [...args.startAfter],
        ignoreChanges: args.factors ? [] : ["environment", "stdin"],
      },
    );
    this.registerOutputs({});
  }
}
