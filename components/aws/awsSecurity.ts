import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags } from "./awsTags.ts";
import { KAFKA_PORT, ZOOKEEPER_PORTS } from "../render/paths.ts";

/** Port of SSH. */
const SSH_PORT = 22;

/** Arguments of {@link AwsSecurity}. */
export interface AwsSecurityArgs {
  /** The stack's name, for tags. */
  readonly stack: string;
  readonly vpcId: pulumi.Input<string>;
  /** Whether SSH comes through a bastion, or straight from {@link sshFrom}. */
  readonly bastion: boolean;
  /** IPv4 networks that may connect to port 22 of the bastion; of the members, when there is none. */
  readonly sshFrom: readonly string[];
  /** IPv4 networks whose clients may connect to the brokers. */
  readonly clientsFrom: readonly string[];
}

/** Where a connection may come from. */
type Source = { readonly group: aws.ec2.SecurityGroup } | { readonly cidr: string };

/**
 * Who may connect to what: clients to brokers, brokers and servers among themselves, SSH from the bastion or the stated
 * networks, and nobody else to anything. Out of the machines goes what package mirrors and the distribution need.
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
    const group = (label: string, description: string): aws.ec2.SecurityGroup =>
      // Its rules are resources of their own: inline rules would be changed all at once.
      new aws.ec2.SecurityGroup(
        `${name}-${label}`,
        { vpcId: args.vpcId, description, tags: awsTags(args.stack, label) },
        { parent: this },
      );
    this.brokers = group("brokers", "Kafka brokers");
    this.ensemble = group("ensemble", "ZooKeeper servers");
    this.bastion = args.bastion ? group("bastion", "Way of the deployer to the members") : undefined;

    const members = [
      ["brokers", this.brokers],
      ["ensemble", this.ensemble],
    ] as const;
    const networks = (cidrs: readonly string[]): [string, Source][] => cidrs.map((cidr) => [cidr, { cidr }]);
    const deployer: [string, Source][] = this.bastion ? [["bastion", { group: this.bastion }]] : networks(args.sshFrom);

    const allow = (label: string, group: aws.ec2.SecurityGroup, source: Source, port: number): void => {
      this.#allow(`${name}-${label}`, label, group, source, port);
    };
    for (const [label, member] of members) {
      for (const [from, source] of deployer) allow(`${label}-ssh-from-${from}`, member, source, SSH_PORT);
      this.#allowOut(name, label, member);
    }
    for (const [from, source] of [
      ["brokers", { group: this.brokers }] satisfies [string, Source],
      ...(this.bastion ? deployer : []),
      ...networks(args.clientsFrom),
    ]) {
      allow(`brokers-kafka-from-${from}`, this.brokers, source, KAFKA_PORT);
    }
    for (const [from, source] of members) {
      allow(`ensemble-client-from-${from}`, this.ensemble, { group: source }, ZOOKEEPER_PORTS.client);
    }
    for (const port of [ZOOKEEPER_PORTS.quorum, ZOOKEEPER_PORTS.election]) {
      allow(`ensemble-${port}-from-ensemble`, this.ensemble, { group: this.ensemble }, port);
    }
    if (this.bastion) {
      for (const [from, source] of networks(args.sshFrom))
        allow(`bastion-ssh-from-${from}`, this.bastion, source, SSH_PORT);
      this.#allowOut(name, "bastion", this.bastion);
    }
    this.registerOutputs({
      brokers: this.brokers.id,
      ensemble: this.ensemble.id,
      ...(this.bastion && { bastion: this.bastion.id }),
    });
  }

  #allow(name: string, description: string, group: aws.ec2.SecurityGroup, source: Source, port: number): void {
    new aws.vpc.SecurityGroupIngressRule(
      name,
      {
        securityGroupId: group.id,
        ...("cidr" in source ? { cidrIpv4: source.cidr } : { referencedSecurityGroupId: source.group.id }),
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        description,
      },
      { parent: this },
    );
  }

  /** Connections out of a machine: what may be reached is for the other side's rules, and for the routes, to say. */
  #allowOut(name: string, label: string, group: aws.ec2.SecurityGroup): void {
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-${label}-out`,
      { securityGroupId: group.id, cidrIpv4: "0.0.0.0/0", ipProtocol: "-1", description: "out" },
      { parent: this },
    );
  }
}
