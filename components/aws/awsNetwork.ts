import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { splitNetwork } from "../../model/render/subnets.ts";
import { present } from "../../model/aws/awsSite.ts";
import type { Zone } from "../../model/aws/awsFacts.ts";
import { awsTags } from "../../model/aws/awsTags.ts";
import type { OwnVpc, Vpc } from "../../model/aws/vpcSettings.ts";

/** Arguments of {@link AwsNetwork}. */
export interface AwsNetworkArgs {
  /** The stack's name, for tags. */
  readonly stack: string;
  /** The VPC that is there, or what to make. */
  readonly vpc: Vpc;
  /** Zones of the members' subnets. */
  readonly zones: readonly Zone[];
  /** Networks of the members' subnets, in the order of the zones. */
  readonly cidrs: readonly string[];
}

/** A subnet, and its way to the rest of the world. */
interface RoutedSubnet {
  readonly subnet: aws.ec2.Subnet;
  readonly route: pulumi.Resource;
}

/**
 * The network of the members: a private subnet a zone, whose way out is a NAT gateway in a public one. In a VPC that is
 * there already it makes nothing.
 */
export class AwsNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** The members' subnets, in the order of the zones. */
  readonly memberSubnetIds: readonly pulumi.Output<string>[];
  /** The ways out of the members' subnets: a machine needs them for its first boot. */
  readonly memberRoutes: readonly pulumi.Resource[];
  /** Where a bastion can be: the public subnets in the order of the zones, or the one of a VPC that is there. */
  readonly bastionSubnetIds: readonly pulumi.Output<string>[];
  /** The ways from the internet to these. */
  readonly bastionRoutes: readonly pulumi.Resource[];

  readonly #stack: string;

  constructor(name: string, args: AwsNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:aws:AwsNetwork", name, {}, opts);
    const { vpc } = args;
    this.#stack = args.stack;
    if (vpc.kind === "existing") {
      this.vpcId = pulumi.output(vpc.id);
      this.memberSubnetIds = vpc.subnetIds.map((id) => pulumi.output(id));
      this.memberRoutes = [];
      this.bastionSubnetIds = vpc.bastionSubnetId === undefined ? [] : [pulumi.output(vpc.bastionSubnetId)];
      this.bastionRoutes = [];
    } else {
      const made = this.#createVpc(name, vpc);
      const publicSubnets = this.#createPublicSubnets(name, args, vpc, made);
      const gateways = this.#createNatGateways(name, args, vpc, publicSubnets);
      const members = this.#createMemberSubnets(name, args, made, gateways);
      this.vpcId = made.id;
      this.memberSubnetIds = members.map(({ subnet }) => subnet.id);
      this.memberRoutes = members.map(({ route }) => route);
      this.bastionSubnetIds = publicSubnets.map(({ subnet }) => subnet.id);
      this.bastionRoutes = publicSubnets.map(({ route }) => route);
    }
    this.registerOutputs({
      vpcId: this.vpcId,
      memberSubnetIds: this.memberSubnetIds,
      bastionSubnetIds: this.bastionSubnetIds,
    });
  }

  #createVpc(name: string, { cidr }: OwnVpc): aws.ec2.Vpc {
    return new aws.ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: this.#tags("vpc") },
      { parent: this },
    );
  }

  /** A public subnet a zone, with a route to the internet. Nothing in it gets a public address by itself. */
  #createPublicSubnets(name: string, args: AwsNetworkArgs, { publicSubnet }: OwnVpc, vpc: aws.ec2.Vpc): RoutedSubnet[] {
    const opts = { parent: this };
    const gateway = new aws.ec2.InternetGateway(
      `${name}-internet`,
      { vpcId: vpc.id, tags: this.#tags("internet") },
      opts,
    );
    const table = new aws.ec2.RouteTable(
      `${name}-public-routes`,
      {
        vpcId: vpc.id,
        routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.id }],
        tags: this.#tags("public"),
      },
      opts,
    );
    const cidrs = splitNetwork(publicSubnet, args.zones.length);
    return args.zones.map((zone, index) =>
      this.#createSubnet(name, `public-${index + 1}`, { zone, cidr: present(cidrs, index), vpc, table }),
    );
  }

  /** One NAT gateway for each zone, or one for all. */
  #createNatGateways(
    name: string,
    { zones }: AwsNetworkArgs,
    { natGateways }: OwnVpc,
    publicSubnets: readonly RoutedSubnet[],
  ): aws.ec2.NatGateway[] {
    const count = natGateways === "single" ? 1 : zones.length;
    return publicSubnets.slice(0, count).map(({ subnet, route }, index) => {
      const label = `nat-${index + 1}`;
      const address = new aws.ec2.Eip(
        `${name}-${label}-address`,
        { domain: "vpc", tags: this.#tags(label) },
        { parent: this },
      );
      return new aws.ec2.NatGateway(
        `${name}-${label}`,
        { subnetId: subnet.id, allocationId: address.id, tags: this.#tags(label) },
        // Without the way to the internet it is of no use, and while it is there the internet gateway can't go. Two can't
        // have its address.
        { parent: this, dependsOn: [route], deleteBeforeReplace: true },
      );
    });
  }

  /** The members' subnets, each with a table of its own: its way out is its zone's gateway, or the only one. */
  #createMemberSubnets(
    name: string,
    { zones, cidrs }: AwsNetworkArgs,
    vpc: aws.ec2.Vpc,
    gateways: readonly aws.ec2.NatGateway[],
  ): RoutedSubnet[] {
    return zones.map((zone, index) => {
      const label = `members-${index + 1}`;
      const gateway = gateways[index] ?? present(gateways, 0);
      const table = new aws.ec2.RouteTable(
        `${name}-${label}-routes`,
        {
          vpcId: vpc.id,
          routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: gateway.id }],
          tags: this.#tags(label),
        },
        { parent: this },
      );
      return this.#createSubnet(name, label, { zone, cidr: present(cidrs, index), vpc, table });
    });
  }

  #createSubnet(
    name: string,
    label: string,
    args: { zone: Zone; cidr: string; vpc: aws.ec2.Vpc; table: aws.ec2.RouteTable },
  ): RoutedSubnet {
    const subnet = new aws.ec2.Subnet(
      `${name}-${label}`,
      {
        vpcId: args.vpc.id,
        cidrBlock: args.cidr,
        availabilityZone: args.zone.name,
        mapPublicIpOnLaunch: false,
        tags: this.#tags(label),
      },
      { parent: this },
    );
    const route = new aws.ec2.RouteTableAssociation(
      `${name}-${label}-association`,
      { subnetId: subnet.id, routeTableId: args.table.id },
      { parent: this },
    );
    return { subnet, route };
  }

  #tags(label: string): Record<string, string> {
    return awsTags(this.#stack, label);
  }
}
