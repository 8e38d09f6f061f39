// Written by `npm run settings` from settingsTable.ts: a change is made there.

/**
 * The settings of a cluster, as the library takes them: plain data, with the program's defaults where an argument is
 * left out. What an argument may be beyond its type, the program checks.
 */
export interface KafkaArgs {
  /**
   * What makes the machines: local (LXD or Incus system containers on this computer) or aws (EC2 instances).
   *
   * @default local
   */
  readonly platform?: "local" | "aws";
  /**
   * Kafka's version.
   *
   * @default 3.9.2
   */
  readonly kafkaVersion?: "3.9.2" | "2.4.0";
  /**
   * The protocol that the brokers speak with each other, not above the version's own. Raised in an update of its
   * own after an upgrade; there is no way back then.
   *
   * @default as deployed, at first the version's own
   */
  readonly interBrokerProtocolVersion?: "3.9" | "2.4";
  /**
   * Number of brokers. Allowed: a whole number from 1 to 99.
   *
   * @default 3
   */
  readonly brokerCount?: number;
  /** ZooKeeper's servers. */
  readonly zookeeper?: ZookeeperArgs;
  /**
   * Kafka broker properties over the program's defaults, checked against the version's own definitions.
   *
   * @default none
   */
  readonly brokerProperties?: Readonly<Record<string, string | number | boolean>>;
  /** Heaps of the services' JVMs, on all members alike. */
  readonly heap?: HeapArgs;
  /** Further options of the JVMs, after the program's. */
  readonly jvmOptions?: JvmOptionsArgs;
  /**
   * Private IPv4 subnet of the members, /16 to /28; with several zones it is split over them. Allowed: a private
   * IPv4 subnet in CIDR notation with its host bits zero, /16 to /28, for example 10.0.0.0/24.
   *
   * @default 10.0.0.0/24
   */
  readonly subnet?: string;
  /**
   * Address of the first broker; the others follow, and all members must fit in the subnet after it. Allowed: an
   * IPv4 address, for example 10.0.0.18.
   *
   * @default the tenth of the subnet
   */
  readonly firstAddress?: string;
  /** Size of a machine; on the platform local that of all alike. */
  readonly machine?: MachineArgs;
  /** Moves of partitions. */
  readonly rebalance?: RebalanceArgs;
  /** The round trip that proves the cluster, and its topic. */
  readonly verification?: VerificationArgs;
  /**
   * Topics that the stack makes and looks after; it leaves all others alone.
   *
   * @default none
   */
  readonly topics?: readonly TopicArgs[];
  /** How careful a rolling change is. */
  readonly rollout?: RolloutArgs;
  /**
   * How far the cluster is secured; all but plaintext take Kafka 2.7.0 or newer. A cluster that lives goes step by
   * step.
   *
   * @default plaintext
   */
  readonly security?: "plaintext" | "opened" | "switched" | "secured";
  /** Certificates of a cluster with TLS, made by the program, or own ones in a folder. */
  readonly certificates?: CertificatesArgs;
  /**
   * Users of a cluster with TLS, each with a password that is made.
   *
   * @default none
   */
  readonly users?: readonly UserArgs[];
  /** What only the platform aws is told. Platform aws alone. */
  readonly aws?: AwsArgs;
  /** Kafka's binary archive for the platform aws; url and sha512 together. Platform aws alone. */
  readonly distribution?: DistributionArgs;
  /**
   * OpenSSH private key to deploy with, a secret; chosen before the first deployment. Allowed: an OpenSSH private
   * key without a passphrase, whole with its lines.
   *
   * @default one that is made
   */
  readonly deployerPrivateKey?: string;
}

/** ZooKeeper's servers. */
export interface ZookeeperArgs {
  /**
   * Where they are: colocated on the first brokers' machines, or dedicated machines of their own.
   *
   * @default colocated
   */
  readonly placement?: "colocated" | "dedicated";
  /**
   * How many there are; colocated at most brokerCount.
   *
   * @default 3
   */
  readonly count?: 1 | 3 | 5;
}

/** Heaps of the services' JVMs, on all members alike. */
export interface HeapArgs {
  /**
   * Heap of a broker. Allowed: a size as the JVM takes it, for example 512m or 6g.
   *
   * @default 1g
   */
  readonly broker?: string;
  /**
   * Heap of a ZooKeeper server. Allowed: a size as the JVM takes it, for example 512m or 6g.
   *
   * @default 512m
   */
  readonly zookeeper?: string;
}

/** Further options of the JVMs, after the program's. */
export interface JvmOptionsArgs {
  /**
   * Options of the brokers' JVMs. Each entry: one option of the JVM, which begins with -, without white space, for
   * example -XX:HeapDumpPath=/var/log/kafka.
   *
   * @default none
   */
  readonly broker?: readonly string[];
  /**
   * Options of the JVMs of ZooKeeper's servers. Each entry: one option of the JVM, which begins with -, without
   * white space, for example -XX:HeapDumpPath=/var/log/kafka.
   *
   * @default none
   */
  readonly zookeeper?: readonly string[];
}

/** Size of a machine; on the platform local that of all alike. */
export interface MachineArgs {
  /**
   * CPUs of each machine. Platform local alone. Allowed: a whole number from 1 to 1024.
   *
   * @default 2
   */
  readonly cpus?: number;
  /**
   * Memory of each machine: at least the heaps of the services on it, and room for the page cache. Platform local
   * alone. Allowed: a size in MiB or GiB, for example 2GiB.
   *
   * @default 2GiB
   */
  readonly memory?: string;
  /** Data volume of each machine. Platform local alone. */
  readonly volume?: MachineVolumeArgs;
  /** Machines with a broker. Platform aws alone. */
  readonly broker?: MachineBrokerArgs;
  /** Machines with a ZooKeeper server alone, with zookeeper.placement dedicated. Platform aws alone. */
  readonly zookeeper?: MachineZookeeperArgs;
}

/** Data volume of each machine. */
export interface MachineVolumeArgs {
  /**
   * Size of each data volume, in GiB; chosen at the first deployment, and may grow. Allowed: a whole number from 1
   * to 65536.
   *
   * @default none: the volumes share this computer's disk
   */
  readonly sizeGiB?: number;
}

/** Machines with a broker. */
export interface MachineBrokerArgs {
  /**
   * EC2 instance type, arm64 or x86_64, of the Nitro System, whose memory holds the heaps. Allowed: an EC2
   * instance type, for example m7g.large.
   *
   * @default m7g.large
   */
  readonly instanceType?: string;
  /** Data volume, gp3. */
  readonly volume?: MachineBrokerVolumeArgs;
}

/** Data volume, gp3. */
export interface MachineBrokerVolumeArgs {
  /**
   * Size of the data volume, in GiB. Allowed: a whole number from 1 to 65536.
   *
   * @default 100
   */
  readonly sizeGiB?: number;
  /**
   * Operations a second, at most 500 for each GiB. Allowed: a whole number from 3000 to 80000.
   *
   * @default 3000
   */
  readonly iops?: number;
  /**
   * Throughput in MiB/s, at most a quarter of iops. Allowed: a whole number from 125 to 2000.
   *
   * @default 125
   */
  readonly throughput?: number;
}

/** Machines with a ZooKeeper server alone, with zookeeper.placement dedicated. */
export interface MachineZookeeperArgs {
  /**
   * EC2 instance type, as for brokers. Allowed: an EC2 instance type, for example m7g.large.
   *
   * @default t4g.small
   */
  readonly instanceType?: string;
  /** Data volume, gp3. */
  readonly volume?: MachineZookeeperVolumeArgs;
}

/** Data volume, gp3. */
export interface MachineZookeeperVolumeArgs {
  /**
   * Size of the data volume, in GiB. Allowed: a whole number from 1 to 65536.
   *
   * @default 20
   */
  readonly sizeGiB?: number;
  /**
   * Operations a second, at most 500 for each GiB. Allowed: a whole number from 3000 to 80000.
   *
   * @default 3000
   */
  readonly iops?: number;
  /**
   * Throughput in MiB/s, at most a quarter of iops. Allowed: a whole number from 125 to 2000.
   *
   * @default 125
   */
  readonly throughput?: number;
}

/** Moves of partitions. */
export interface RebalanceArgs {
  /**
   * The most that a broker sends, and takes, while partitions are moved, in MiB/s. Allowed: a whole number from 1
   * to 10000.
   *
   * @default 50
   */
  readonly throttleMiBps?: number;
}

/** The round trip that proves the cluster, and its topic. */
export interface VerificationArgs {
  /**
   * Its topic, none of Kafka's own. Allowed: 1 to 249 letters, digits, '.', '_' or '-'.
   *
   * @default replica-yu1
   */
  readonly topic?: string;
  /**
   * Partitions of its topic. Allowed: a whole number from 1 to 1000.
   *
   * @default 1
   */
  readonly partitions?: number;
  /**
   * Replicas of each of its partitions, at most brokerCount. Allowed: a whole number from 1 to 99.
   *
   * @default 2, or 1 with one broker
   */
  readonly replicationFactor?: number;
  /**
   * How long it may take, in seconds. Allowed: a whole number from 5 to 3600.
   *
   * @default 60
   */
  readonly timeoutSeconds?: number;
}

/** Topics that the stack makes and looks after; it leaves all others alone. */
export interface TopicArgs {
  /**
   * The topic's name: not verification.topic, none of Kafka's own, which begin with __. Allowed: 1 to 249 letters,
   * digits, '.', '_' or '-'.
   */
  readonly name: string;
  /** Number of partitions, which only grows. Allowed: a whole number from 1 to 10000. */
  readonly partitions: number;
  /** Replicas of each partition, at most brokerCount. Allowed: a whole number from 1 to 99. */
  readonly replicationFactor: number;
  /**
   * Configs that the topic has of its own; the brokers' properties stand in for all others.
   *
   * @default none
   */
  readonly configs?: Readonly<Record<string, string | number | boolean>>;
  /**
   * What becomes of the topic and its messages when it is taken out of the settings.
   *
   * @default keep
   */
  readonly deletion?: "keep" | "delete";
}

/** How careful a rolling change is. */
export interface RolloutArgs {
  /**
   * How long a service that is to be stopped waits until the cluster can do without it, in seconds. Allowed: a
   * whole number from 1 to 86400.
   *
   * @default 120
   */
  readonly gateTimeoutSeconds?: number;
  /**
   * How long a start may take that gets further, such as the recovery of logs, in seconds; one that does not is
   * given up after 300 s. Allowed: a whole number from 300 to 604800.
   *
   * @default 21600
   */
  readonly startTimeoutSeconds?: number;
  /**
   * Whether a service is stopped all the same when the cluster can't do without it in time.
   *
   * @default false
   */
  readonly acceptUnavailable?: boolean;
  /**
   * Whether a broker starts on an empty volume although nobody else has all that it had.
   *
   * @default false
   */
  readonly acceptDataLoss?: boolean;
}

/** Certificates of a cluster with TLS, made by the program, or own ones in a folder. */
export interface CertificatesArgs {
  /**
   * Names of the authorities that everybody trusts, at most 3; the first one signs. Each entry: a name of
   * lower-case letters, digits and -, at most 31, a letter first.
   *
   * @default [authority-1]
   */
  readonly authorities?: readonly string[];
  /**
   * How long a certificate is valid, in days. Allowed: a whole number from 2 to 825.
   *
   * @default 365
   */
  readonly validityDays?: number;
  /**
   * Another number makes all keys and certificates anew, but for those of the authorities. Allowed: a whole number
   * from 1 to 1000000.
   *
   * @default 1
   */
  readonly generation?: number;
  /**
   * How long before their end the next update renews certificates, in days, at most validityDays - 1; with a
   * folder, how long before it warns. Allowed: a whole number from 1 to 3650.
   *
   * @default 30, or validityDays - 1 where that is less
   */
  readonly renewBeforeDays?: number;
  /**
   * Path of a folder with own certificates, in place of made ones, from the program's folder. Allowed: a text.
   *
   * @default none: the program makes the certificates
   */
  readonly folder?: string;
}

/** Users of a cluster with TLS, each with a password that is made. */
export interface UserArgs {
  /**
   * The user's name: none of the program's or of Kafka's own. Allowed: 1 to 64 letters (A to Z), digits, '.', '_'
   * or '-', and not '.' or '..'.
   */
  readonly name: string;
  /**
   * Another number gives the user another password. Allowed: a whole number from 1 to 1000000.
   *
   * @default 1
   */
  readonly passwordGeneration?: number;
  /**
   * What the user may do.
   *
   * @default none: the user may log in and do nothing
   */
  readonly permissions?: readonly UserPermissionArgs[];
}

/** What the user may do. */
export interface UserPermissionArgs {
  /** Kind of resource that it is about. */
  readonly resource: "topic" | "group" | "transactionalId" | "cluster";
  /**
   * Name of the resource, or the beginning of names with pattern prefixed. Allowed: 1 to 249 letters, digits, '.',
   * '_' or '-', or * for any name.
   *
   * @default of the cluster its one name; for the other resources it has to be given
   */
  readonly name?: string;
  /**
   * Whether the name stands for itself, or for all that begin with it.
   *
   * @default literal
   */
  readonly pattern?: "literal" | "prefixed";
  /**
   * Operations that it allows, of those that the resource has. Each entry: one of Read, Write, Create, Delete,
   * Alter, Describe, ClusterAction, DescribeConfigs, AlterConfigs, IdempotentWrite, All.
   */
  readonly operations: readonly string[];
  /**
   * Addresses of the clients that it holds for. Each entry: an IPv4 address, for example 10.0.0.18, or *: Kafka
   * compares addresses, and no names or subnets.
   *
   * @default any
   */
  readonly hosts?: readonly string[];
}

/** What only the platform aws is told. */
export interface AwsArgs {
  /**
   * Number of zones that the members are spread over, or their names. Allowed: 1, 3, 4, 5 or 6 zones (a number or
   * a list of names): with 2, the loss of one could take the ensemble's quorum. Each entry: the name of a zone,
   * for example eu-central-1a.
   *
   * @default 1
   */
  readonly zones?: number | readonly string[];
  /** Where the members' subnets are: a VPC that the program makes, or with id an existing one. */
  readonly vpc?: AwsVpcArgs;
  /** How the deployer gets to the members, and from where. */
  readonly access?: AwsAccessArgs;
  /**
   * IPv4 networks whose clients may connect to the brokers' port for clients, 9092 or 9094. Each entry: an IPv4
   * network in CIDR notation with its host bits zero, /8 to /32, for example 10.0.0.0/16.
   *
   * @default none
   */
  readonly clientsFrom?: readonly string[];
  /** Machine images of the members by architecture, with cloud-init and apt. */
  readonly images?: AwsImagesArgs;
  /**
   * Whether data volumes and network interfaces are protected, and kept when the stack forgets them.
   *
   * @default true
   */
  readonly protect?: boolean;
  /**
   * ARN of the KMS key that encrypts the volumes. Allowed: the ARN of a KMS key, for example
   * arn:aws:kms:eu-central-1:123456789012:key/1234abcd-….
   *
   * @default the account's key for EBS
   */
  readonly kmsKeyId?: string;
}

/** Where the members' subnets are: a VPC that the program makes, or with id an existing one. */
export interface AwsVpcArgs {
  /**
   * Network of a VPC that the program makes. Allowed: a private IPv4 network in CIDR notation with its host bits
   * zero, /16 to /28.
   *
   * @default the /16 around subnet
   */
  readonly cidr?: string;
  /**
   * Network in it of the NAT gateways and the bastion; split over the zones. Allowed: a private IPv4 network in
   * CIDR notation with its host bits zero, /16 to /28.
   *
   * @default the last /24 of the VPC
   */
  readonly publicSubnet?: string;
  /**
   * NAT gateways of a VPC that the program makes.
   *
   * @default perZone
   */
  readonly natGateways?: "perZone" | "single";
  /**
   * An existing VPC. Allowed: an id such as vpc-0123456789abcdef0.
   *
   * @default none: the program makes a VPC
   */
  readonly id?: string;
  /**
   * The members' subnets in an existing VPC, one a zone, of 1 or 3 to 6 zones. Each entry: an id such as
   * subnet-0123456789abcdef0.
   *
   * @default none; with id it has to be given
   */
  readonly subnetIds?: readonly string[];
  /**
   * A public subnet of an existing VPC for the bastion. Allowed: an id such as subnet-0123456789abcdef0.
   *
   * @default none; with id and a bastion it has to be given
   */
  readonly bastionSubnetId?: string;
}

/** How the deployer gets to the members, and from where. */
export interface AwsAccessArgs {
  /**
   * Through a bastion, or direct: over a VPN, peering or a machine in the VPC.
   *
   * @default bastion
   */
  readonly via?: "bastion" | "direct";
  /**
   * IPv4 networks that may connect to port 22 of the bastion; with direct, to 22 of the members and to the
   * brokers' ports. Each entry: an IPv4 network in CIDR notation with its host bits zero, /8 to /32, for example
   * 10.0.0.0/16.
   */
  readonly sshFrom: readonly string[];
  /**
   * EC2 instance type of the bastion. Allowed: an EC2 instance type, for example m7g.large.
   *
   * @default t4g.nano
   */
  readonly bastionInstanceType?: string;
  /**
   * Which of the zones the bastion is in, from 1; with an existing VPC 1. Allowed: a whole number from 1 to 6.
   *
   * @default 1
   */
  readonly bastionZone?: number;
  /**
   * Machine image of the bastion, of its type's architecture. Allowed: an id such as ami-0123456789abcdef0.
   *
   * @default the members' at its making, then pinned
   */
  readonly bastionImage?: string;
}

/** Machine images of the members by architecture, with cloud-init and apt. */
export interface AwsImagesArgs {
  /**
   * Image of instance types of arm64. Allowed: an id such as ami-0123456789abcdef0.
   *
   * @default the newest Debian 12, then pinned
   */
  readonly arm64?: string;
  /**
   * Image of instance types of x86_64. Allowed: an id such as ami-0123456789abcdef0.
   *
   * @default the newest Debian 12, then pinned
   */
  readonly x86_64?: string;
}

/** Kafka's binary archive for the platform aws; url and sha512 together. */
export interface DistributionArgs {
  /**
   * Address of the archive. Allowed: an http or https address that the machines can read.
   *
   * @default Apache's archive
   */
  readonly url?: string;
  /**
   * The archive's SHA-512. Allowed: the archive's SHA-512, 128 lower-case hexadecimal digits.
   *
   * @default the SHA-512 that Apache publishes
   */
  readonly sha512?: string;
}
