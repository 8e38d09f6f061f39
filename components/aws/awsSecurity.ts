import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AccessRule, accessRules, type AccessSettings, type Group } from "../../model/aws/accessRules.ts";
import { awsTags } from "../../model/aws/awsTags.ts";

/** Arguments of {@link AwsSecurity}. */
export interface AwsSecurityArgs extends AccessSettings {
  /** The stack's name, for tags. */
  readonly stack: string;
  readonly vpcId: pulumi.Input<string>;
}

const DESCRIPTIONS: Readonly<Record<Group, string>> = {
  brokers: "Kafka brokers",
  ensemble: "ZooKeeper servers",
  bastion: "Way of the deployer to the members",
};

/**
 * Security groups with the rules of {@link accessRules}. Out of a machine any connection may go: package mirrors and the
 * distribution are out there, and what may be reached inside is for the other side's rules to say.
 */
export class AwsSecurity extends pulumi.ComponentResource {
  /** Of machines with a broker. */
  readonly brokers: aws.ec2.SecurityGroup;
  /** Of machines with a ZooKeeper server. */
  readonly ensemble: aws.ec2.SecurityGroup;
  /** Of the bastion; absent without one. */
  readonly bastion: aws.ec2.SecurityGroup | undefined;

  constructor(name: string, args: AwsSecurityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:aws:AwsSecurity", name, {}, opts);
    this.brokers = this.#createGroup(name, "brokers", args);
    this.ensemble = this.#createGroup(name, "ensemble", args);
    this.bastion = args.bastion ? this.#createGroup(name, "bastion", args) : undefined;
    for (const rule of accessRules(args)) this.#createRule(name, rule);
    this.registerOutputs({
      brokers: this.brokers.id,
      ensemble: this.ensemble.id,
      bastion: this.bastion?.id,
    });
  }

  /** A group without rules of its own: they are resources, so that a changed one leaves the others alone. */
  #createGroup(name: string, group: Group, { stack, vpcId }: AwsSecurityArgs): aws.ec2.SecurityGroup {
    const made = new aws.ec2.SecurityGroup(
      `${name}-${group}`,
      { vpcId, description: DESCRIPTIONS[group], tags: awsTags(stack, group) },
      { parent: this },
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-${group}-out`,
      { securityGroupId: made.id, cidrIpv4: "0.0.0.0/0", ipProtocol: "-1", description: "out" },
      { parent: this },
    );
    return made;
  }

  #createRule(name: string, { to, port, from }: AccessRule): void {
    const source = "cidr" in from ? from.cidr : from.group;
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-${to}-${port}-from-${source}`,
      {
        securityGroupId: this.#idOf(to),
        ...("cidr" in from ? { cidrIpv4: from.cidr } : { referencedSecurityGroupId: this.#idOf(from.group) }),
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        description: `from ${source}`,
      },
      { parent: this },
    );
  }

  #idOf(group: Group): pulumi.Output<string> {
    const found = this[group];
    if (!found) throw new Error("a rule names the bastion's group, but there is none");
    return found.id;
  }
}
