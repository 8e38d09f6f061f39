import assert from "node:assert/strict";
import { test } from "node:test";
import { renderUserData } from "../../../model/render/cloudInit.ts";
import { type NodeSettings, renderNode } from "../../../model/render/node.ts";
import { phaseOf } from "../../../model/render/brokerSecurity.ts";
import { parseProperties } from "../../../model/render/properties.ts";
import { type Phase, PHASES } from "../../../model/security/phase.ts";

const PLAN = { name: "kafka-1", address: "10.0.0.18", brokerId: 1, zookeeperId: 1 };

function rendered(security: Phase): Map<string, ReturnType<typeof renderNode>[number]> {
  const settings: NodeSettings = {
    ensemble: [{ id: 1, address: "10.0.0.18" }],
    brokerCount: 1,
    interBrokerProtocolVersion: "3.9",
    security,
    brokerProperties: {},
    heap: { broker: "1g", zookeeper: "512m" },
    distribution: { name: "kafka_2.13-3.9.2", url: "file:///kafka.tar", sha512: "abc" },
    host: { ownKernel: false },
  };
  return new Map(renderNode(PLAN, settings).map((file) => [file.path, file]));
}

/** What stands in the broker's and the server's configuration that does not in a plaintext cluster's, in order. */
function added(security: Phase, path: string): string[] {
  const plain = new Set(rendered("plaintext").get(path)?.content.split("\n"));
  return (rendered(security).get(path)?.content.split("\n") ?? []).filter((line) => !plain.has(line));
}

const STORES = [
  "ssl.keystore.type=PEM",
  "ssl.keystore.location=/etc/kafka/tls/broker.pem",
  "ssl.truststore.type=PEM",
  "ssl.truststore.location=/etc/kafka/tls/authorities.pem",
];
const LISTENERS = [
  ...STORES,
  "listener.name.broker.ssl.client.auth=required",
  "listener.name.broker.ssl.principal.mapping.rules=RULE:^CN=kafka-broker$/kafka-broker/",
  "listener.name.client.sasl.enabled.mechanisms=SCRAM-SHA-512",
  "listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;",
  "authorizer.class.name=kafka.security.authorizer.AclAuthorizer",
  "allow.everyone.if.no.acl.found=false",
];
const ZOOKEEPER = [
  "zookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty",
  "zookeeper.ssl.client.enable=true",
  "zookeeper.ssl.keystore.type=PEM",
  "zookeeper.ssl.keystore.location=/etc/kafka/tls/broker.pem",
  "zookeeper.ssl.truststore.type=PEM",
  "zookeeper.ssl.truststore.location=/etc/kafka/tls/authorities.pem",
];
const MAP = "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,BROKER:SSL,CLIENT:SASL_SSL";
const BOTH = "PLAINTEXT://10.0.0.18:9092,BROKER://10.0.0.18:9093,CLIENT://10.0.0.18:9094";
const TLS_ONLY = "BROKER://10.0.0.18:9093,CLIENT://10.0.0.18:9094";

test("a broker by phase: which listeners there are, which one brokers use, who is a super user, how it comes to ZooKeeper", () => {
  const path = "/etc/kafka/server.properties";
  assert.deepEqual(added("opened", path), [
    `listeners=${BOTH}`,
    `advertised.listeners=${BOTH}`,
    MAP,
    "inter.broker.listener.name=PLAINTEXT",
    ...LISTENERS,
    "super.users=User:kafka-broker;User:ANONYMOUS",
  ]);
  assert.deepEqual(added("switched", path), [
    `listeners=${BOTH}`,
    `advertised.listeners=${BOTH}`,
    "zookeeper.connect=10.0.0.18:2182",
    MAP,
    "inter.broker.listener.name=BROKER",
    ...LISTENERS,
    "super.users=User:kafka-broker;User:ANONYMOUS",
    ...ZOOKEEPER,
    "zookeeper.set.acl=false",
  ]);
  assert.deepEqual(added("secured", path), [
    `listeners=${TLS_ONLY}`,
    `advertised.listeners=${TLS_ONLY}`,
    "zookeeper.connect=10.0.0.18:2182",
    MAP,
    "inter.broker.listener.name=BROKER",
    ...LISTENERS,
    "super.users=User:kafka-broker",
    ...ZOOKEEPER,
    "zookeeper.set.acl=true",
  ]);
});

test("a broker's properties tell its phase", () => {
  for (const phase of PHASES) {
    const text = rendered(phase).get("/etc/kafka/server.properties")?.content ?? "";
    assert.equal(phaseOf(parseProperties(text)), phase);
  }
});

test("a ZooKeeper server by phase: certificates first, then used among the servers, then nothing else taken", () => {
  const path = "/etc/zookeeper/zoo.cfg";
  const tls = (quorum: boolean, both: boolean): string[] => [
    "secureClientPort=2182",
    "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
    "ssl.clientAuth=need",
    "ssl.keyStore.location=/etc/zookeeper/tls/server.pem",
    "ssl.trustStore.location=/etc/zookeeper/tls/authorities.pem",
    `sslQuorum=${quorum}`,
    `portUnification=${both}`,
    "ssl.quorum.clientAuth=need",
    "ssl.quorum.keyStore.location=/etc/zookeeper/tls/server.pem",
    "ssl.quorum.trustStore.location=/etc/zookeeper/tls/authorities.pem",
  ];
  assert.deepEqual(added("opened", path), tls(false, true));
  assert.deepEqual(added("switched", path), tls(true, true));
  assert.deepEqual(added("secured", path), tls(true, false));
  assert.match(rendered("switched").get(path)?.content ?? "", /^clientPort=2181$/m);
  assert.doesNotMatch(rendered("secured").get(path)?.content ?? "", /^clientPort=/m);
});

test("keys and authorities are files of the service user's group, without content, and not in user data", () => {
  const files = [...rendered("secured").values()];
  assert.deepEqual(
    files.filter(({ secret }) => secret),
    [
      ["/etc/zookeeper/tls/server.pem", "zookeeper"],
      ["/etc/zookeeper/tls/authorities.pem", "zookeeper"],
      ["/etc/kafka/tls/broker.pem", "kafka"],
      ["/etc/kafka/tls/authorities.pem", "kafka"],
    ].map(([path, service]) => ({
      path,
      content: "",
      mode: "0640",
      owner: "root:kafka",
      secret: true,
      restarts: [service],
    })),
  );
  const userData = renderUserData({ hostname: "kafka-1", files, deployKey: "ssh-ed25519 AAAA" });
  assert.doesNotMatch(userData, /path: \/etc\/(kafka|zookeeper)\/tls/);
  assert.match(userData, /path: \/etc\/kafka\/admin\.properties/);
  assert.ok([...rendered("plaintext").values()].every(({ secret, path }) => !secret && !path.includes("admin")));
});

test("Kafka's own tools get the way in as the broker", () => {
  const admin = rendered("opened").get("/etc/kafka/admin.properties");
  assert.equal(admin?.content, ["security.protocol=SSL", ...STORES, ""].join("\n"));
  assert.deepEqual(admin.restarts, []);
});
