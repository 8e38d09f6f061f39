import type * as pulumi from "@pulumi/pulumi";
import type { DeployerKey } from "../components/deployerKey.ts";
import type { Permission } from "../model/kafka/permissions.ts";
import type { KafkaCluster } from "../components/kafkaCluster.ts";
import type { Reach } from "../model/reach.ts";
import { KAFKA_PORTS } from "../model/render/machinePaths.ts";
import type { BrokerPlan } from "../model/render/node.ts";
import type { ClusterCertificates } from "../components/security/certificates.ts";
import { hasPlaintext } from "../model/security/phase.ts";
import type { Settings } from "../model/settings/settings.ts";
import { User } from "../components/user.ts";
import { VERIFICATION_USER } from "../model/settings/userSettings.ts";
import type { Login, SpecBroker } from "../model/specs/verificationSpec.ts";

/** The users of a cluster: the stack's own, and the one that the verification logs in as. */
export interface ClusterUsers {
  /** The stack's own, by their names. */
  readonly users: ReadonlyMap<string, User>;
  /** Whom the verification logs in as; absent on a plaintext cluster. */
  readonly login?: pulumi.Output<Login>;
  /** All of them, for dependencies. */
  readonly ready: readonly pulumi.Resource[];
}

/** What the users are made with. */
export interface ClusterUsersArgs {
  readonly cluster: KafkaCluster;
  readonly brokers: readonly BrokerPlan[];
  /** Absent from a plaintext cluster, which has no users. */
  readonly certificates: ClusterCertificates | undefined;
  readonly reach: pulumi.Input<Reach>;
  readonly deployerKey: DeployerKey;
}

/** Makes the users of a cluster with TLS. */
export function createUsers(
  settings: Settings,
  args: ClusterUsersArgs,
  opts?: pulumi.ComponentResourceOptions,
): ClusterUsers {
  const { cluster, brokers, certificates, reach, deployerKey } = args;
  if (!certificates) return { users: new Map(), ready: [] };
  const at = (port: number): SpecBroker[] =>
    brokers.map(({ brokerId: id, address }) => ({ id, address: `${address}:${port}` }));
  const create = (user: Settings["users"][number]): User =>
    new User(
      `user-${user.name}`,
      {
        ...user,
        brokers: at(KAFKA_PORTS.broker),
        ...(hasPlaintext(settings.security) && { plaintextBrokers: at(KAFKA_PORTS.plaintext) }),
        reach,
        secrets: deployerKey.secrets,
        clientBrokers: at(KAFKA_PORTS.client)
          .map(({ address }) => address)
          .join(","),
        authorities: certificates.authorities,
        cluster,
        startAfter: cluster.members.map((member) => member.applied),
      },
      opts,
    );
  const verifying = create({
    name: VERIFICATION_USER,
    passwordGeneration: 1,
    permissions: verificationPermissions(settings.verification.topic),
  });
  const users = new Map(settings.users.map((user) => [user.name, create(user)]));
  const login = verifying.password.apply((password): Login => ({ username: VERIFICATION_USER, password }));
  return { users, login, ready: [verifying, ...users.values()].map(({ ready }) => ready) };
}

/** What the round trip takes: its topic made, written and read, and groups whose names begin with `verification-`. */
function verificationPermissions(topic: string): Permission[] {
  const anywhere = { hosts: ["*"] };
  return [
    {
      resource: "topic",
      name: topic,
      pattern: "literal",
      operations: ["Create", "Describe", "DescribeConfigs", "Read", "Write"],
      ...anywhere,
    },
    {
      resource: "group",
      name: `${VERIFICATION_USER}-`,
      pattern: "prefixed",
      operations: ["Delete", "Describe", "Read"],
      ...anywhere,
    },
  ];
}
