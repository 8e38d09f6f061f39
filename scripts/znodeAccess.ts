/**
 * Says who may change what the brokers keep in ZooKeeper, with Kafka's own tool on one of their machines, and proves it.
 *
 *     node scripts/run.mjs znodeAccess
 *
 * Settings: a ZnodeAccessSpec in KAFKA_CLUSTER_SPEC, ReachSecrets on standard input.
 */
import type { ReachSecrets } from "../model/reach.ts";
import { BROKER_NAME } from "../model/render/brokerSecurity.ts";
import {
  DEPLOY_USER,
  KAFKA_PORTS,
  SERVER_PROPERTIES,
  SERVICE_USER,
  ZOOKEEPER_PORTS,
} from "../model/render/machinePaths.ts";
import type { ZnodeAccessSpec } from "../model/specs/znodeAccessSpec.ts";
import { reasonOf, withAdminRequests } from "./lib/adminRequests.ts";
import { progress, result, UserError } from "./lib/report.ts";
import { readSecrets, readSpecVariable } from "./lib/scriptInput.ts";
import { describeScramCredentialsRequest } from "./lib/scramProtocol.ts";
import type { Ssh } from "./lib/ssh.ts";
import { runClusterScript, withNetwork } from "./lib/withCluster.ts";
import { deleteCredential } from "./users/scram.ts";
import { ZooKeeperReader } from "./lib/zookeeperReader.ts";

/** Znodes that every cluster has, and that no stranger may write (`ZkData.SecureRootPaths`). */
const LOOKED_AT = ["/brokers/topics", "/config/topics", "/config/users", "/kafka-acl"];

/** Options of a JVM that lives for a second. */
const QUICK_START = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/** Who may do everything, now or on the way here. */
const SUPER_USERS = [BROKER_NAME, "ANONYMOUS"];

async function main(): Promise<void> {
  const spec = readSpecVariable<ZnodeAccessSpec>();
  const secrets = await readSecrets<ReachSecrets>();
  const { name, address, hostKey } = spec.member;
  await withNetwork({ reach: spec.reach, secrets }, async (network) => {
    const ssh = await network.connect({ name, address, user: DEPLOY_USER }, hostKey);
    const said = await migrate(spec, ssh);
    const wrong = await notSo(spec, ssh);
    if (wrong.length > 0) throw new UserError(`znodes ${wrong.join(", ")} are not ${spec.access} after:\n${said}`);
    if (spec.access === "secure") await withdrawSuperUsers(spec, ssh);
  });
  progress(`znodes of the brokers are ${spec.access === "secure" ? "the brokers' alone" : "everybody's"} to change`);
  result({ access: spec.access });
}

/** Runs ZkSecurityMigrator, which connects as the broker does: it reads that from the broker's own properties. */
async function migrate({ access, ensemble }: ZnodeAccessSpec, ssh: Ssh): Promise<string> {
  const connect = ensemble.map(({ address }) => `${address}:${ZOOKEEPER_PORTS.secureClient}`).join(",");
  const { code, stdout, stderr } = await ssh.exec([
    ...["sudo", "-n", "-u", SERVICE_USER, "java", "-Xmx128m", ...QUICK_START, "-cp", "/opt/kafka/libs/*"],
    ...["kafka.admin.ZkSecurityMigrator", `--zookeeper.acl=${access}`, `--zookeeper.connect=${connect}`],
    `--zk-tls-config-file=${SERVER_PROPERTIES}`,
  ]);
  const said = `${stdout}${stderr}`.trim();
  if (code !== 0) throw new UserError(`znodes can't be made ${access}: ${said.split("\n").slice(-5).join("\n")}`);
  return said;
}

/** The znodes that are still otherwise. */
async function notSo({ access, ensemble }: ZnodeAccessSpec, ssh: Ssh): Promise<string[]> {
  const [server] = ensemble;
  if (!server) return [];
  const to = { host: server.address, port: ZOOKEEPER_PORTS.secureClient };
  const reader = await ZooKeeperReader.connect(ssh.openSocket, to);
  try {
    const wrong: string[] = [];
    for (const path of LOOKED_AT) {
      const acl = await reader.acl(path);
      // One that no broker has made yet is nobody's.
      if (!acl) continue;
      const open = acl.some(({ scheme, writes }) => scheme === "world" && writes);
      if (open === (access === "secure")) wrong.push(path);
    }
    return wrong;
  } finally {
    reader.close();
  }
}

/**
 * Takes passwords away from names that only certificates may have: as long as there was a way without TLS, anybody could
 * give the super user one. Other users that the stack does not know are told.
 */
async function withdrawSuperUsers({ member, users }: ZnodeAccessSpec, ssh: Ssh): Promise<void> {
  const brokers = [`${member.address}:${KAFKA_PORTS.broker}`];
  await withAdminRequests({ brokers, clientId: "znode-access", openSocket: ssh.openSocket }, async (requests) => {
    const described = await requests.send("controller", describeScramCredentialsRequest([]), (answer) => [answer]);
    if (described.errorCode !== 0) throw new UserError(`the users can't be told: ${reasonOf(described)}`);
    const names = described.users.map(({ user }) => user);
    for (const name of names.filter((name) => SUPER_USERS.includes(name))) {
      progress(`somebody has given ${name}, the super user, a password: it is taken away`);
      await deleteCredential(requests, name);
    }
    const unknown = names.filter((name) => !users.includes(name) && !SUPER_USERS.includes(name));
    if (unknown.length === 0) return;
    progress(
      `users that the stack does not know can log in: ${unknown.join(", ")}. If nobody needs them, delete them: ` +
        "kafka-configs.sh --alter --entity-type users --entity-name NAME --delete-config SCRAM-SHA-512",
    );
  });
}

runClusterScript(main);
