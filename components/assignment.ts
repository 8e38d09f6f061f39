import * as pulumi from "@pulumi/pulumi";
import { resultOf, scriptCommand } from "./scriptCommand.ts";
import { type AssignmentResult, type AssignmentSpec, FOUND_LIMITS } from "../model/specs/assignmentSpec.ts";
import type { DeployerKey } from "./deployerKey.ts";
import { MIB } from "../model/settings/memorySize.ts";
import type { Reach } from "../model/reach.ts";

/** Arguments of {@link Assignment}. */
export interface AssignmentArgs {
  /** The brokers that partitions may be on. */
  readonly brokers: AssignmentSpec["brokers"];
  /** How to get to the brokers. */
  readonly reach: pulumi.Input<Reach>;
  /** Logs in to the bastion, if the reach is one. */
  readonly deployerKey: DeployerKey;
  /** The most that a broker sends and, apart from that, takes for moves, in MiB per second. */
  readonly throttleMiBps: pulumi.Input<number>;
  /** Whether limits of moves were found that an earlier run has left: then it runs, also where nothing else has changed. */
  readonly limitsLeft?: boolean;
  /** What has to be healthy before partitions are moved. */
  readonly startAfter: readonly pulumi.Resource[];
}

/**
 * Keeps the partitions on the brokers that the program names. Pulumi updates before it deletes: when brokers are taken
 * away, the update moves their partitions while they live. It has no `delete`, so nothing is moved when all goes.
 */
export class Assignment extends pulumi.ComponentResource {
  /** Ids of the brokers that partitions are on. */
  readonly brokers: pulumi.Output<readonly number[]>;
  /** Done when all partitions are where they shall be: for dependencies. */
  readonly assigned: pulumi.Resource;

  constructor(name: string, args: AssignmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:Assignment", name, {}, opts);
    const spec = pulumi.all([args.reach, args.throttleMiBps]).apply(([reach, throttleMiBps]): AssignmentSpec => ({
      brokers: args.brokers,
      reach,
      throttleBytesPerSecond: throttleMiBps * MIB,
    }));
    const assigned = scriptCommand(
      `${name}-partitions`,
      {
        create: "assignment create",
        update: "assignment update",
        spec,
        // Another value makes the Command run; in every other update the one that stands in the state is kept.
        environment: args.limitsLeft ? { [FOUND_LIMITS]: new Date().toISOString() } : {},
        secrets: args.deployerKey.secrets,
        // It says which brokers are new.
        lastResult: true,
      },
      {
        parent: this,
        dependsOn: [...args.startAfter],
        ignoreChanges: args.limitsLeft ? [] : [`environment.${FOUND_LIMITS}`],
      },
    );

    this.brokers = resultOf<AssignmentResult>(assigned).apply(({ brokers }) => brokers);
    this.assigned = assigned;
    this.registerOutputs({ brokers: this.brokers });
  }
}
