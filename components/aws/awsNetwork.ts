import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { splitNetwork } from "../render/subnets.ts";
import type { Zone } from "./awsFacts.ts";
import { awsTags } from "./awsTags.ts";
import type { OwnVpc, Vpc } from "./vpcSettings.ts";

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

/**
 * The network of the members: a private subnet a zone, whose way out is a NAT gateway in a public one. In a VPC that is
 * there already it makes nothing.
 */
export class AwsNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** The members' subnets, in the order of the zones. */
  readonly memberSubnetIds: readonly pulumi.Output<string>[];
  /** Where the bastion goes; absent without one in a VPC that is there. */
  readonly bastionSubnetId: pulumi.Output<string> | undefined;
  /** The routes out of the members' subnets: a machine needs them for its first boot. */
  readonly routes: readonly pulumi.Resource[];

  readonly #stack: string;

  constructor(name: string, args: AwsNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:aws:AwsNetwork", name, {}, opts);
    const { vpc } = args;
    this.#stack = args.stack;
    if (vpc.kind === "existing") {
      this.vpcId = pulumi.output(vpc.id);
      this.memberSubnetIds = vpc.subnetIds.map((id) => pulumi.output(id));
      this.bastionSubnetId = vpc.bastionSubnetId === undefined ? undefined : pulumi.output(vpc.bastionSubnetId);
      this.routes = [];
    } else {
      const made = this.#createVpc(name, vpc);
      const publicSubnets = this.#createPublicSubnets(name, args, vpc, made);
      const gateways = this.#createNatGateways(name, args, vpc, publicSubnets);
      const members = this.#createMemberSubnets(name, args, made, gateways);
      this.vpcId = made.id;
      this.memberSubnetIds = members.map(({ subnet }) => subnet.id);
      this.bastionSubnetId = publicSubnets[0]?.id;
      this.routes = members.map(({ route }) => route);
    }
    this.registerOutputs({
      vpcId: this.vpcId,
      memberSubnetIds: this.memberSubnetIds,
      bastionSubnetId: this.bastionSubnetId,
    });
  }

  #createVpc(name: string, { cidr }: OwnVpc): aws.ec2.Vpc {
    return new aws.ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: awsTags(this.#stack, "network") },
      { parent: this },
    );
  }

  /** A public subnet a zone, with a route to the internet. Nothing in it gets a public address by itself. */
  #createPublicSubnets(
    name: string,
    { zones }: AwsNetworkArgs,
    { publicSubnet }: OwnVpc,
    vpc: aws.ec2.Vpc,
  ): aws.ec2.Subnet[] {
    const opts = { parent: this };
    const gateway = new aws.ec2.InternetGateway(
      `${name}-internet`,
      { vpcId: vpc.id, tags: awsTags(this.#stack, "network") },
      opts,
    );
    const table = new aws.ec2.RouteTable(
      `${name}-public`,
      {
        vpcId: vpc.id,
        routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.id }],
        tags: awsTags(this.#stack, "public"),
      },
      opts,
    );
    const cidrs = splitNetwork(publicSubnet, zones.length);
    return zones.map((zone, index) => {
      const label = `${name}-public-${index + 1}`;
      const subnet = this.#createSubnet(label, zone, cidrs[index] ?? "", vpc);
      new aws.ec2.RouteTableAssociation(label, { subnetId: subnet.id, routeTableId: table.id }, opts);
      return subnet;
    });
  }

  /** One NAT gateway for each zone, or one for all. */
  #createNatGateways(
    name: string,
    { zones }: AwsNetworkArgs,
    { natGateways }: OwnVpc,
    publicSubnets: readonly aws.ec2.Subnet[],
  ): aws.ec2.NatGateway[] {
    const count = natGateways === "single" ? 1 : zones.length;
    return publicSubnets.slice(0, count).map((subnet, index) => {
      const label = `${name}-nat-${index + 1}`;
      const address = new aws.ec2.Eip(label, { domain: "vpc", tags: awsTags(this.#stack, label) }, { parent: this });
      return new aws.ec2.NatGateway(
        label,
        { subnetId: subnet.id, allocationId: address.id, tags: awsTags(this.#stack, label) },
        { parent: this },
      );
    });
  }

  /** The members' subnets, each with a table of its own: its way out is its zone's gateway, or the only one. */
  #createMemberSubnets(
    name: string,
    { zones, cidrs }: AwsNetworkArgs,
    vpc: aws.ec2.Vpc,
    gateways: readonly aws.ec2.NatGateway[],
  ): { subnet: aws.ec2.Subnet; route: pulumi.Resource }[] {
    return zones.map((zone, index) => {
      const label = `${name}-members-${index + 1}`;
      const gateway = gateways[index] ?? gateways[0];
      if (!gateway) throw new Error("a network has at least one NAT gateway");
      const subnet = this.#createSubnet(label, zone, cidrs[index] ?? "", vpc);
      const table = new aws.ec2.RouteTable(
        label,
        {
          vpcId: vpc.id,
          routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: gateway.id }],
          tags: awsTags(this.#stack, label),
        },
        { parent: this },
      );
      const route = new aws.ec2.RouteTableAssociation(
        label,
        { subnetId: subnet.id, routeTableId: table.id },
        { parent: this },
      );
      return { subnet, route };
    });
  }

  #createSubnet(label: string, zone: Zone, cidrBlock: string, vpc: aws.ec2.Vpc): aws.ec2.Subnet {
    return new aws.ec2.Subnet(
      label,
      {
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone: zone.name,
        mapPublicIpOnLaunch: false,
        tags: awsTags(this.#stack, label),
      },
      { parent: this },
    );
  }
}
