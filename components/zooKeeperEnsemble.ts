import * as pulumi from "@pulumi/pulumi";
import { EnsembleUpgrade } from "./ensembleUpgrade.ts";
import { createMembers, type CreateMembersArgs, type Member, type MemberSettings } from "./member.ts";
import { brokerPlans } from "../model/render/members.ts";
import { hostsBroker, type NodePlan } from "../model/render/node.ts";
import { type EnsembleServer, zookeeperConnect } from "../model/render/serverProperties.ts";

/** Arguments of {@link ZooKeeperEnsemble}. */
export interface ZooKeeperEnsembleArgs
  extends Omit<MemberSettings, "ensemble">, Pick<CreateMembersArgs, "deployed" | "down"> {
  /** All members of the cluster: those with a `zookeeperId` make the ensemble; 1, 3 or 5 of them. */
  readonly plans: readonly NodePlan[];
  /** Host keys of the members that this update upgrades to a newer version of Kafka; undefined when it upgrades none. */
  readonly upgrading: Readonly<Record<string, string>> | undefined;
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
  /** Done when servers beside brokers have been upgraded: for the brokers' dependencies. */
  readonly upgraded: readonly pulumi.Resource[];
  /** `host:port,…` for clients. */
  readonly connect: pulumi.Output<string>;

  constructor(name: string, args: ZooKeeperEnsembleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:ZooKeeperEnsemble", name, {}, opts);
    const { plans, deployed, down, upgrading, ...settings } = args;
    this.servers = plans.flatMap(({ zookeeperId, address }) =>
      zookeeperId === undefined ? [] : [{ id: zookeeperId, address }],
    );
    const shared = { ...settings, ensemble: this.servers };
    const beside = brokerPlans(plans).filter(({ zookeeperId }) => zookeeperId !== undefined);
    this.members = createMembers(
      {
        plans: plans.filter((plan) => !hostsBroker(plan)),
        deployed,
        down,
        settings: shared,
        startAfter: () => [],
        rollAfter: [],
      },
      { parent: this },
    );
    this.upgraded =
      beside.length === 0
        ? []
        : [
            new EnsembleUpgrade(`${name}-upgrade`, { ...shared, plans: beside, hostKeys: upgrading }, { parent: this })
              .upgraded,
          ];
    this.connect = pulumi.output(zookeeperConnect(this.servers, args.security));
    this.registerOutputs({ servers: this.servers, connect: this.connect });
  }
}
