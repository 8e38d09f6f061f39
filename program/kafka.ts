import * as pulumi from "@pulumi/pulumi";
import { Assignment } from "../components/assignment.ts";
import { DeployerKey } from "../components/deployerKey.ts";
import { Growth } from "../components/growth.ts";
import { KafkaCluster } from "../components/kafkaCluster.ts";
import { Topic } from "../components/topic.ts";
import type { KafkajsConfig } from "../components/user.ts";
import { Verification } from "../components/verification.ts";
import { ZnodeAccess } from "../components/znodeAccess.ts";
import { ZooKeeperEnsemble } from "../components/zooKeeperEnsemble.ts";
import { defaultProtocol } from "../model/kafka/upgrade.ts";
import {
  type ClusterShape,
  type Infrastructure,
  MADE_KEY,
  type SecurityShape,
  type TopicShape,
} from "../model/livingCluster.ts";
import { RECORD_TYPE } from "../model/record.ts";
import type { ClientTls, Reach } from "../model/reach.ts";
import { KAFKA_PORTS } from "../model/render/machinePaths.ts";
import { brokerPlans, planMembers } from "../model/render/members.ts";
import type { NodePlan } from "../model/render/node.ts";
import { readRoll, rollOrder } from "../model/rollOrder.ts";
import { memberPort, usesTls } from "../model/security/phase.ts";
import { VERIFICATION_USER } from "../model/settings/userSettings.ts";
import type { KafkaArgs } from "../model/settings/kafkaArgs.ts";
import { SINGLE_REPLICAS } from "../model/singleReplicas.ts";
import { gainedFactors, wantedFactors } from "../model/specs/growthSpec.ts";
import type { VerificationResult } from "../model/specs/verificationSpec.ts";
import { assertForwarded } from "./bastionPorts.ts";
import { checkedSettings, ownKey as ownKeyOf } from "./checkedArgs.ts";
import { chooseSite } from "./chosenPlatform.ts";
import { chooseCertificates, securityShape } from "./clusterCertificates.ts";
import { lookAtCluster } from "./clusterLook.ts";
import { downMembers } from "./downMembers.ts";
import { assertKafkaTakes } from "./kafkaValidation.ts";
import { lastDeployment, livingMembers, upgradedMembers } from "./lastDeployment.ts";
import { createUsers } from "./users.ts";

/** What a login of a user's takes. */
export interface UserAccess {
  /** The text of a client.properties for Kafka's own clients. */
  readonly clientProperties: string;
  /** The same for kafkajs. */
  readonly kafkajs: KafkajsConfig;
}

/** What {@link Kafka} gives, and what its stack keeps on record of it: its last deployment. */
export interface KafkaOutputs {
  readonly bootstrapServers: string;
  readonly zookeeperConnect: string;
  readonly kafkaVersion: string;
  readonly interBrokerProtocolVersion: string;
  readonly subnet: string;
  readonly infrastructure: Infrastructure;
  readonly security: SecurityShape;
  readonly hostKeys: Readonly<Record<string, string>>;
  readonly reach: Reach;
  readonly deployerPrivateKey: string;
  readonly members: readonly NodePlan[];
  readonly rollOrder: readonly string[];
  readonly topics: readonly TopicShape[];
  readonly verification: Pick<
    VerificationResult,
    "topic" | "partitions" | "producedVia" | "consumedVia" | "milliseconds"
  >;
  readonly authorities: string;
  readonly users: Readonly<Record<string, UserAccess>>;
  readonly deployerTls: ClientTls | Record<string, never>;
}

/**
 * An Apache Kafka cluster with its ZooKeeper ensemble, on machines of a platform: site -> platform -> ensemble -> cluster ->
 * assignment -> topics, users, verification.
 *
 * A cluster that lives is looked at first: what it can't take is refused, and its members are changed one at a time. What
 * the last deployment was like stands in this component's own outputs on record, under whatever names a program exports them.
 */
export class Kafka extends pulumi.ComponentResource {
  /** Where clients begin: `host:port`, separated by commas. */
  readonly bootstrapServers: pulumi.Output<string>;
  /** Where the ensemble answers: `host:port`, separated by commas. */
  readonly zookeeperConnect: pulumi.Output<string>;
  readonly kafkaVersion: pulumi.Output<string>;
  readonly interBrokerProtocolVersion: pulumi.Output<string>;
  /** The members' subnets in CIDR notation, separated by commas. */
  readonly subnet: pulumi.Output<string>;
  /** What of the platform must stay as it is while the cluster lives. */
  readonly infrastructure: pulumi.Output<Infrastructure>;
  readonly security: pulumi.Output<SecurityShape>;
  /** The machines' SSH host keys, by member. */
  readonly hostKeys: pulumi.Output<Readonly<Record<string, string>>>;
  /** How the members are reached from the deployer's computer. */
  readonly reach: pulumi.Output<Reach>;
  /** OpenSSH private key of the deployer; a secret. Clients read it when they go through a bastion. */
  readonly deployerPrivateKey: pulumi.Output<string>;
  /** The members. Known only when every one of them is healthy and the cluster verified. */
  readonly members: pulumi.Output<readonly NodePlan[]>;
  /** Names of the brokers in the order in which the last update changed them. Where nothing else says it, the next one keeps to it. */
  readonly rollOrder: pulumi.Output<readonly string[]>;
  /** The topics that the settings name. */
  readonly topics: pulumi.Output<readonly TopicShape[]>;
  /** What the round trip of a message has shown. */
  readonly verification: pulumi.Output<KafkaOutputs["verification"]>;
  /** Whom a client has to trust, PEM; empty on a plaintext cluster. */
  readonly authorities: pulumi.Output<string>;
  /** How the users log in, by their names; a secret. */
  readonly users: pulumi.Output<KafkaOutputs["users"]>;
  /** How the deployer speaks TLS with the members; a secret, empty on a plaintext cluster. */
  readonly deployerTls: pulumi.Output<KafkaOutputs["deployerTls"]>;

  // No initializer, which would run after the base class has called `initialize`.
  declare private begin: (made: Promise<unknown>) => void;

  /**
   * @throws pulumi.RunError, which Pulumi shows without a stack, with every problem that is found before anything is made;
   *   the outputs carry it
   */
  constructor(name: string, args: KafkaArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super(RECORD_TYPE, name, {}, opts);
    const made = this.#make(args);
    this.begin(made);
    // Each by itself: one that is not known yet, or a secret, leaves the others alone.
    const output = <K extends keyof KafkaOutputs>(key: K) =>
      pulumi.output(made.then((outputs): unknown => outputs[key])) as pulumi.Output<KafkaOutputs[K]>;
    this.bootstrapServers = output("bootstrapServers");
    this.zookeeperConnect = output("zookeeperConnect");
    this.kafkaVersion = output("kafkaVersion");
    this.interBrokerProtocolVersion = output("interBrokerProtocolVersion");
    this.subnet = output("subnet");
    this.infrastructure = output("infrastructure");
    this.security = output("security");
    this.hostKeys = output("hostKeys");
    this.reach = output("reach");
    this.deployerPrivateKey = output("deployerPrivateKey");
    this.members = output("members");
    this.rollOrder = output("rollOrder");
    this.topics = output("topics");
    this.verification = output("verification");
    this.authorities = output("authorities");
    this.users = output("users");
    this.deployerTls = output("deployerTls");
    const { bootstrapServers, zookeeperConnect, kafkaVersion, interBrokerProtocolVersion, subnet } = this;
    const { infrastructure, security, hostKeys, reach, deployerPrivateKey, members, rollOrder, topics } = this;
    const { verification, authorities, users, deployerTls } = this;
    this.registerOutputs({
      ...{ bootstrapServers, zookeeperConnect, kafkaVersion, interBrokerProtocolVersion, subnet, infrastructure },
      ...{ security, hostKeys, reach, deployerPrivateKey, members, rollOrder, topics, verification, authorities },
      ...{ users, deployerTls },
    });
  }

  /** Who depends on the component waits for all that it makes: Pulumi asks for it by this promise. */
  protected override initialize(): Promise<unknown> {
    return new Promise((resolve) => {
      this.begin = resolve;
    });
  }

  async #make(args: KafkaArgs): Promise<{ readonly [K in keyof KafkaOutputs]: pulumi.Input<KafkaOutputs[K]> }> {
    // Before there was this component, all of it stood at the top of the program.
    const opts = { parent: this, aliases: [{ parent: pulumi.rootStackResource }] };
    const settings = checkedSettings(args);
    const ownKey = await ownKeyOf(args);
    const last = await lastDeployment();
    const site = await chooseSite(settings, last?.infrastructure, ownKey);
    const plans = planMembers(settings, site.subnets);
    const hosts = brokerPlans(plans);

    const shape: ClusterShape = {
      members: plans,
      kafkaVersion: settings.kafkaVersion.version,
      interBrokerProtocolVersion: settings.interBrokerProtocolVersion ?? defaultProtocol(settings.kafkaVersion, last),
      subnet: site.subnets.map(({ cidr }) => cidr).join(","),
      infrastructure: {
        ...site.infrastructure,
        fixed: { ...site.infrastructure.fixed, deployerPrivateKey: ownKey?.publicKey ?? MADE_KEY },
      },
      security: securityShape(settings),
      topics: settings.topics,
    };
    // First what a cluster that lives can't take: Kafka's own words for it would not say what to do.
    const deployed = livingMembers(last, shape);
    await assertKafkaTakes(settings, plans, shape.interBrokerProtocolVersion);
    const upgrading = upgradedMembers(last, shape);

    const phase = settings.security;
    await assertForwarded(last, phase);
    const certificates = chooseCertificates(settings, plans, last, opts);
    const [down, look] = await Promise.all([downMembers(last), lookAtCluster(last)]);
    const roll = readRoll();
    const order = rollOrder(roll, {
      plans: hosts,
      down,
      ...(look.controller !== undefined && { controller: look.controller }),
      ...(last?.rollOrder && { last: last.rollOrder }),
    });
    const deployerKey = new DeployerKey("deployer", { own: ownKey, tls: certificates?.deployer }, opts);
    const platform = site.createPlatform(deployerKey, opts);
    const shared = {
      platform,
      deployerKey,
      plans,
      deployed,
      down,
      brokers: hosts.map(({ brokerId: id, address }) => ({ id, address })),
      release: shape,
      security: phase,
      certificates,
      rollout: settings.rollout,
      brokerProperties: settings.brokerProperties,
      heap: settings.heap,
      jvmOptions: settings.jvmOptions,
    };
    const ensemble = new ZooKeeperEnsemble("zookeeper", { ...shared, upgrading }, opts);
    const brokers = hosts.map(({ brokerId: id, address, rack }) => ({
      id,
      address: `${address}:${memberPort("kafka", phase)}`,
      ...(rack !== undefined && { rack }),
    }));
    const isGrowing = deployed.size > 0 && hosts.some(({ name }) => !deployed.has(name));
    const gained = gainedFactors(settings.topics, last?.topics ?? [], look.replicas);
    const factors = isGrowing ? wantedFactors(settings) : Object.keys(gained).length > 0 ? gained : undefined;
    if (Object.keys(look.replicas).length > 0) {
      const single = Object.entries(look.singleHolders).filter(
        ([topic]) => look.replicas[topic] === 1 && (factors?.[topic] ?? 1) === 1,
      );
      void pulumi.log.debug(`${SINGLE_REPLICAS}${JSON.stringify(Object.fromEntries(single))}`);
    }
    const moved = { reach: platform.reach, deployerKey, throttleMiBps: settings.rebalance.throttleMiBps };
    const cluster = new KafkaCluster(
      "kafka",
      {
        ...shared,
        order,
        isFixed: roll.fixed ?? false,
        ensemble,
        grow: (added) => {
          const before = [...ensemble.members, ...added].map((member) => member.applied);
          const startAfter = factors ? [...before, ...ensemble.upgraded] : [];
          const { grown } = new Growth("growth", { ...moved, brokers, factors, startAfter }, opts);
          return factors ? [grown] : [];
        },
      },
      opts,
    );

    const [firstBroker] = cluster.members;
    if (!firstBroker) throw new Error("a cluster has a broker");
    const applied = cluster.members.map((member) => member.applied);
    const assignment = new Assignment(
      "assignment",
      { ...moved, brokers, limitsLeft: look.limitsLeft, startAfter: applied },
      opts,
    );
    const topics = settings.topics.map(
      (topic) =>
        new Topic(
          `topic-${topic.name}`,
          { ...topic, ...moved, brokers, cluster, startAfter: [assignment.assigned] },
          opts,
        ),
    );

    const given = { cluster, brokers: hosts, certificates, reach: platform.reach, deployerKey };
    const accounts = createUsers(settings, given, opts);
    const { login } = accounts;
    const accessSet = usesTls(phase)
      ? [
          new ZnodeAccess(
            "znode-access",
            {
              access: phase === "secured" ? "secure" : "unsecure",
              member: firstBroker,
              reach: platform.reach,
              ensemble: ensemble.servers,
              users: [VERIFICATION_USER, ...settings.users.map(({ name }) => name)],
              deployerKey,
              startAfter: applied,
            },
            opts,
          ).set,
        ]
      : [];
    const verified = new Verification(
      "verification",
      {
        ...settings.verification,
        // As users come, where there are any.
        brokers: hosts.map(({ brokerId: id, address }) => ({
          id,
          address: `${address}:${login ? KAFKA_PORTS.client : KAFKA_PORTS.plaintext}`,
        })),
        reach: platform.reach,
        deployerKey,
        login,
        kafkaVersion: shape.kafkaVersion,
        rerunOn: cluster.members.flatMap((member) => [member.machineId, member.contentHash]),
        startAfter: [assignment.assigned, ...accounts.ready, ...accessSet],
      },
      opts,
    );

    const { kafkaVersion, interBrokerProtocolVersion, subnet, infrastructure, security } = shape;
    const { topic, partitions, producedVia, consumedVia, run } = verified;
    return {
      bootstrapServers: cluster.bootstrapServers,
      zookeeperConnect: ensemble.connect,
      ...{ kafkaVersion, interBrokerProtocolVersion, subnet, infrastructure, security },
      hostKeys: pulumi.all(
        Object.fromEntries([...ensemble.members, ...cluster.members].map(({ plan, hostKey }) => [plan.name, hostKey])),
      ),
      reach: platform.reach,
      deployerPrivateKey: deployerKey.privateKey,
      // Only when every member is healthy does the next update treat them as a cluster that lives.
      members: verified.topic.apply(() => plans),
      rollOrder: order,
      topics: pulumi.all(topics.map(({ shape }) => shape)),
      verification: pulumi.output({ topic, partitions, producedVia, consumedVia, milliseconds: run.milliseconds }),
      // What clients, the status and the next update need; empty on a plaintext cluster, since Pulumi warns of no value.
      authorities: certificates?.authorities ?? "",
      users: pulumi.secret(
        pulumi.output(
          Object.fromEntries(
            [...accounts.users].map(([name, { clientProperties, kafkajs }]) => [
              name,
              pulumi.output({ clientProperties, kafkajs }),
            ]),
          ),
        ),
      ),
      deployerTls: pulumi.secret<KafkaOutputs["deployerTls"]>(certificates?.deployer ?? {}),
    };
  }
}
