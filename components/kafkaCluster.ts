import * as pulumi from "@pulumi/pulumi";
import { createMembers, type CreateMembersArgs, type Member, type MemberSettings } from "./member.ts";
import { brokerPlans } from "../model/render/members.ts";
import type { NodePlan } from "../model/render/node.ts";
import { clientPort } from "../model/security/phase.ts";
import type { ZooKeeperEnsemble } from "./zooKeeperEnsemble.ts";

/** Arguments of {@link KafkaCluster}. */
export interface KafkaClusterArgs
  extends
    Omit<MemberSettings, "ensemble">,
    Pick<CreateMembersArgs, "deployed" | "down" | "order" | "isFixed" | "grow"> {
  /** All members of the cluster: those with a `brokerId` are its brokers. */
  readonly plans: readonly NodePlan[];
  /** The ensemble that the brokers connect to. */
  readonly ensemble: ZooKeeperEnsemble;
}

/** The brokers of a Kafka cluster, each a {@link Member}. */
export class KafkaCluster extends pulumi.ComponentResource {
  /** The brokers in the order of their ids. */
  readonly members: readonly Member[];
  /** `host:port,…` for clients. */
  readonly bootstrapServers: pulumi.Output<string>;

  constructor(name: string, args: KafkaClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:KafkaCluster", name, {}, opts);
    const { plans, deployed, down, order, isFixed, ensemble, grow, ...settings } = args;
    const served = [...ensemble.members.map((member) => member.applied), ...ensemble.upgraded];
    this.members = createMembers(
      {
        plans: brokerPlans(plans),
        deployed,
        down,
        ...(order && { order }),
        ...(isFixed !== undefined && { isFixed }),
        settings: { ...settings, ensemble: ensemble.servers },
        // A broker without a server of its own on the machine starts when the ensemble serves.
        startAfter: (plan, earlier) => [...served, ...(plan.zookeeperId === undefined ? withServer(earlier) : [])],
        rollAfter: served,
        ...(grow && { grow }),
      },
      { parent: this },
    );
    this.bootstrapServers = pulumi.output(
      this.members.map((member) => `${member.plan.address}:${clientPort(args.security)}`).join(","),
    );
    this.registerOutputs({ bootstrapServers: this.bootstrapServers });
  }
}

function withServer(members: readonly Member[]): pulumi.Resource[] {
  return members.filter((member) => member.plan.zookeeperId !== undefined).map((member) => member.applied);
}
