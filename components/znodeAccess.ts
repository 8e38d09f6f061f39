import * as pulumi from "@pulumi/pulumi";
import { scriptCommand } from "./scriptCommand.ts";
import type { DeployerKey } from "./deployerKey.ts";
import type { Member } from "./member.ts";
import type { Reach } from "../model/reach.ts";
import type { EnsembleServer } from "../model/render/serverProperties.ts";
import type { ZnodeAccess as Access, ZnodeAccessSpec } from "../model/specs/znodeAccessSpec.ts";

/** Arguments of {@link ZnodeAccess}. */
export interface ZnodeAccessArgs {
  readonly access: Access;
  /** A member with a broker: its certificate and tools are used. */
  readonly member: Member;
  readonly reach: pulumi.Input<Reach>;
  readonly ensemble: readonly EnsembleServer[];
  /** Names of the users that the stack knows: others are told. */
  readonly users: readonly string[];
  /** The key that deploys. */
  readonly deployerKey: DeployerKey;
  /** What has to be done before: all brokers have to write to ZooKeeper with their certificates. */
  readonly startAfter: readonly pulumi.Resource[];
}

/**
 * Who may change what the brokers have written to ZooKeeper until now: new znodes are as `zookeeper.set.acl` says, older ones
 * stay as they were made. On the way to a secured cluster they become the brokers' own, on the way back everybody's, both
 * while all brokers come with their certificates.
 */
export class ZnodeAccess extends pulumi.ComponentResource {
  /** Done when the znodes are so: for dependencies. */
  readonly set: pulumi.Resource;

  constructor(name: string, args: ZnodeAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:ZnodeAccess", name, {}, opts);
    const { plan, hostKey } = args.member;
    const spec = pulumi.all([args.reach, hostKey]).apply(([reach, hostKey]): ZnodeAccessSpec => ({
      access: args.access,
      member: { name: plan.name, address: plan.address, hostKey },
      reach,
      ensemble: args.ensemble,
      users: args.users,
    }));
    this.set = scriptCommand(
      `${name}-znodes`,
      {
        create: "znodeAccess",
        update: "znodeAccess",
        spec,
        secrets: args.deployerKey.secrets,
      },
      { parent: this, dependsOn: [...args.startAfter] },
    );
    this.registerOutputs({});
  }
}
