import * as pulumi from "@pulumi/pulumi";
import { createMembers, type Member, type MemberSettings } from "./member.ts";
import type { NodePlan } from "./render/node.ts";
import { type EnsembleServer, zookeeperConnect } from "./render/serverProperties.ts";

/** Arguments of {@link ZooKeeperEnsemble}. */
export interface ZooKeeperEnsembleArgs extends Omit<MemberSettings, "ensemble"> {
  /** All members of the cluster: those with a `zookeeperId` make the ensemble; 1, 3 or 5 of them. */
  readonly plans: readonly NodePlan[];
  /** Names of the members that the stack's last deployment exported: they are changed one at a time. */
  readonly deployed: ReadonlySet<string>;
}

/**
 * A ZooKeeper ensemble. Servers on machines of their own are children of this component; those beside brokers live on
 * the brokers' machines and are deployed with them.
 */
export class ZooKeeperEnsemble extends pulumi.ComponentResource {
  /** All servers, wherever they run. */
  readonly servers: readonly EnsembleServer[];
  /** The members with a machine of their own; empty when the servers run beside the brokers. */
  readonly members: readonly Member[];
  /** `host:port,…` for clients. */
  readonly connect: pulumi.Output<string>;

  constructor(name: string, args: ZooKeeperEnsembleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:ZooKeeperEnsemble", name, {}, opts);
    const { plans, deployed, ...settings } = args;
    this.servers = plans.flatMap(({ zookeeperId, address }) =>
      zookeeperId === undefined ? [] : [{ id: zookeeperId, address }],
    );
    this.members = createMembers(
      {
        plans: plans.filter((plan) => plan.brokerId === undefined),
        deployed,
        settings: { ...settings, ensemble: this.servers },
        startAfter: () => [],
        rollAfter: [],
      },
      { parent: this },
    );
    this.connect = pulumi.output(zookeeperConnect(this.servers));
    this.registerOutputs({ servers: this.servers, connect: this.connect });
  }
}
