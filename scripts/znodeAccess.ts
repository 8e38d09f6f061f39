/**
 * Says who may change what the brokers keep in ZooKeeper, with Kafka's own tool on one of their machines, and proves it.
 *
 *     node scripts/run.mjs znodeAccess
 *
 * Settings: a ZnodeAccessSpec in KAFKA_CLUSTER_SPEC, ReachSecrets on standard input.
 */
import { text } from "node:stream/consumers";
import type { ReachSecrets } from "../components/reach.ts";
import { DEPLOY_USER, SERVER_PROPERTIES, SERVICE_USER, ZOOKEEPER_PORTS } from "../components/render/paths.ts";
import type { ZnodeAccessSpec } from "../components/znodeAccessSpec.ts";
import { exitSoon } from "./lib/kafka.ts";
import { Network } from "./lib/reach.ts";
import { progress, result, runScript, UserError } from "./lib/report.ts";
import type { Ssh } from "./lib/ssh.ts";
import { ZooKeeperReader } from "./lib/zookeeperReader.ts";

/** Znodes that every cluster has, and that no stranger may write (`ZkData.SecureRootPaths`). */
const LOOKED_AT = ["/brokers/topics", "/config/topics", "/config/users", "/kafka-acl"];

async function main(): Promise<void> {
  const spec = JSON.parse(process.env.KAFKA_CLUSTER_SPEC ?? "{}") as ZnodeAccessSpec;
  const secrets = JSON.parse(await text(process.stdin)) as ReachSecrets;
  const { name, address, hostKey } = spec.member;
  const network = new Network({ ...secrets, reach: spec.reach });
  try {
    const ssh = await network.connect({ name, address, user: DEPLOY_USER }, hostKey);
    const said = await migrate(spec, ssh);
    const wrong = await notSo(spec, ssh);
    if (wrong.length > 0) throw new UserError(`znodes ${wrong.join(", ")} are not ${spec.access} after:\n${said}`);
    progress(`znodes of the brokers are ${spec.access === "secure" ? "the brokers' alone" : "everybody's"} to change`);
    result({ access: spec.access });
  } finally {
    network.close();
  }
}

/** Runs ZkSecurityMigrator, which connects as the broker does: it reads that from the broker's own properties. */
async function migrate({ access, ensemble }: ZnodeAccessSpec, ssh: Ssh): Promise<string> {
  const connect = ensemble.map(({ address }) => `${address}:${ZOOKEEPER_PORTS.secureClient}`).join(",");
  const { code, stdout, stderr } = await ssh.exec([
    ...["sudo", "-n", "-u", SERVICE_USER, "java", "-Xmx128m", "-cp", "/opt/kafka/libs/*"],
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

runScript(() => main().finally(exitSoon));
