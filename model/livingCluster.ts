import type { AwsRecord } from "./aws/awsRecord.ts";
import { type Problem } from "./kafka/problem.ts";
import { type Release, releaseProblems } from "./kafka/upgrade.ts";
import { kafkaVersion } from "./kafka/versions.ts";
import { brokerPlans } from "./render/members.ts";
import type { NodePlan } from "./render/node.ts";
import { authorityProblems } from "./security/authorityChange.ts";
import { hasTls, type Phase, phaseProblems } from "./security/phase.ts";

/** What a platform has decided about a cluster, kept with the stack's outputs so that it stays decided. */
export interface Infrastructure {
  /** Settings that a cluster that lives keeps, by their keys. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Whether Pulumi refuses to delete data volumes. @default false */
  readonly protected?: boolean;
  /** Sizes that may grow and not shrink, by the keys of their settings. */
  readonly growing: Readonly<Record<string, number>>;
  /** What the program chose at the first deployment and keeps to. */
  readonly pinned: {
    readonly zones?: readonly { readonly name: string; readonly id: string }[];
    /** Machine image by architecture. */
    readonly images?: Readonly<Record<string, string>>;
    /** The bastion's machine image, by its architecture. */
    readonly bastionImages?: Readonly<Record<string, string>>;
  };
  /** What only the platform aws keeps; absent on others, and before it was kept. */
  readonly aws?: AwsRecord;
}

/** Settings that a cluster without them can't get any more: its data would have to move. */
const CHOSEN_AT_FIRST = ["machine.volume.sizeGiB"];

/** In place of the user's own key in {@link Infrastructure.fixed}. */
export const MADE_KEY = "made by the program";

/** What stands for the infrastructure that version 0.1.0 did not export: it knew one platform and no key of the user's. */
export const FIRST_INFRASTRUCTURE: Infrastructure = {
  fixed: { platform: "local", deployerPrivateKey: MADE_KEY },
  growing: {},
  pinned: {},
};

/** What is asked of a cluster as a whole in an update, or was in the last one. */
export interface ClusterShape extends Release {
  readonly members: readonly NodePlan[];
  /** The members' subnets, `CIDR,…`. */
  readonly subnet: string;
  readonly infrastructure: Infrastructure;
  readonly security: SecurityShape;
  /** The topics that the stack looks after; absent before it looked after any. */
  readonly topics?: readonly TopicShape[];
}

/** What is kept on record of a cluster's security. */
export interface SecurityShape {
  readonly phase: Phase;
  /** Names of the authorities, the one that signs first; none of a plaintext cluster. */
  readonly authorities: readonly string[];
}

/** What stands for the security of a cluster that was deployed before the program knew of any. */
export const FIRST_SECURITY: SecurityShape = { phase: "plaintext", authorities: [] };

/** What is kept on record of a topic. */
export interface TopicShape {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

/**
 * Finds the changes that a cluster that lives can't take: they would lose data or a quorum, mix versions that don't
 * understand each other, or replace several members at once.
 *
 * @param deployed what the last deployment exported
 */
export function unsafeChanges(deployed: ClusterShape, next: ClusterShape): Problem[] {
  const { platform: before, ...fixed } = deployed.infrastructure.fixed;
  const { platform: after } = next.infrastructure.fixed;
  // Settings of one platform mean nothing on another.
  if (before !== undefined && before !== after) return [kept("platform", before, after)];
  const problems = [
    ...releaseProblems(deployed, next),
    ...(deployed.subnet === next.subnet ? [] : [kept("subnet", deployed.subnet, next.subnet)]),
    ...Object.entries(fixed).flatMap(([key, value]) =>
      next.infrastructure.fixed[key] === value ? [] : [kept(key, value, next.infrastructure.fixed[key])],
    ),
    ...CHOSEN_AT_FIRST.flatMap((key) =>
      fixed[key] === undefined && next.infrastructure.fixed[key] !== undefined
        ? [kept(key, "none", next.infrastructure.fixed[key])]
        : [],
    ),
    ...Object.entries(deployed.infrastructure.growing).flatMap(([key, size]) => {
      const value = next.infrastructure.growing[key];
      if (value === undefined || value >= size) return [];
      return [{ key, value, allowed: `at least ${size}, as deployed: a volume grows and never shrinks` }];
    }),
  ];
  return [
    ...problems,
    ...securityProblems(deployed, next),
    ...memberProblems(deployed.members, next.members),
    ...protectionProblems(deployed, next),
    ...topicProblems(deployed.topics ?? [], next.topics ?? []),
  ];
}

/**
 * Brokers are secured when all of them have the release that they stay with: the servers of an ensemble that is upgraded are
 * restarted apart from the brokers, and while the protocol is an old one brokers write to ZooKeeper what others have to change.
 */
function securityProblems(deployed: ClusterShape, next: ClusterShape): Problem[] {
  const { phase: before, authorities } = deployed.security;
  const { phase: after } = next.security;
  if (hasTls(before) && hasTls(after)) {
    return [...phaseProblems(before, after), ...authorityProblems(authorities, next.security.authorities)];
  }
  if (before === after) return [];
  const refuse = (allowed: string): Problem[] => [{ key: "security", value: after, allowed }];
  if (deployed.kafkaVersion !== next.kafkaVersion) {
    return refuse(`${before} in an update that changes kafkaVersion; then ${after} in one of its own`);
  }
  const { protocol } = kafkaVersion(next.kafkaVersion);
  if (hasTls(after) && next.interBrokerProtocolVersion !== protocol) {
    return refuse(`${before} until interBrokerProtocolVersion is ${protocol}, which ends the upgrade`);
  }
  return phaseProblems(before, after);
}

/** The engine refuses a protected volume when its turn comes: after the partitions were moved away. */
function protectionProblems({ members, infrastructure }: ClusterShape, next: ClusterShape): Problem[] {
  const names = new Set(next.members.map(({ name }) => name));
  const gone = members.filter(({ name }) => !names.has(name));
  if (infrastructure.protected !== true || gone.length === 0) return [];
  const allowed =
    `at least ${brokerPlans(members).length}, as deployed: the data volumes are ` +
    "protected; set aws.protect to false and run an update first, then take brokers away";
  return [{ key: "brokerCount", value: brokerPlans(next.members).length, allowed }];
}

function topicProblems(deployed: readonly TopicShape[], next: readonly TopicShape[]): Problem[] {
  return next.flatMap(({ name, partitions: value }, index) => {
    const partitions = deployed.find((topic) => topic.name === name)?.partitions ?? 0;
    if (value >= partitions) return [];
    const allowed = `at least ${partitions}, as topic ${name} has: Kafka takes no partition away; a topic of another name can have fewer`;
    return [{ key: `topics[${index}].partitions`, value, allowed }];
  });
}

function kept(key: string, before: string, value: string | undefined): Problem {
  return {
    key,
    value,
    allowed: `${before}, with which the cluster lives: it can't be changed before \`npm run down\``,
  };
}

function memberProblems(deployed: readonly NodePlan[], plans: readonly NodePlan[]): Problem[] {
  const problems: Problem[] = [];
  const lastBroker = Math.max(...brokerPlans(plans).map(({ brokerId }) => brokerId));
  const planned = new Map(plans.map((plan) => [plan.name, plan]));
  for (const member of deployed) {
    const plan = planned.get(member.name);
    if (!plan) {
      const allowed = stays(member, lastBroker);
      if (allowed !== undefined) problems.push({ key: `member ${member.name}`, value: undefined, allowed });
    } else if (identity(plan) !== identity(member)) {
      const allowed = `${identity(member)}, as deployed: a member keeps its address and its ids`;
      problems.push({ key: `member ${member.name}`, value: identity(plan), allowed });
    }
  }
  const names = new Set(deployed.map((member) => member.name));
  for (const plan of plans) {
    if (!names.has(plan.name) && plan.zookeeperId !== undefined) {
      const allowed = "the ensemble of a cluster that lives keeps its servers; new brokers may come";
      problems.push({ key: `member ${plan.name}`, value: identity(plan), allowed });
    }
  }
  return problems;
}

/** Why a member can't be taken away, if it can't. */
function stays({ brokerId, zookeeperId }: NodePlan, lastBroker: number): string | undefined {
  if (zookeeperId !== undefined) return "has to stay: the ensemble of a cluster that lives keeps its servers";
  // Brokers that come later take the next free id.
  return brokerId !== undefined && brokerId < lastBroker ? "has to stay: the last brokers go first" : undefined;
}

function identity({ address, brokerId, zookeeperId, rack }: NodePlan): string {
  const services = [
    ...(brokerId === undefined ? [] : [`broker ${brokerId}`]),
    ...(zookeeperId === undefined ? [] : [`ZooKeeper server ${zookeeperId}`]),
  ];
  return `${address}${rack === undefined ? "" : ` in ${rack}`} with ${services.join(" and ")}`;
}
