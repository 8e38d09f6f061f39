import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplySecrets } from "../../../model/specs/applySpec.ts";
import { Certificates } from "../../../components/security/certificates.ts";
import { deploy, only } from "./deploy.ts";
import { deployCluster } from "./program.ts";

const PLANS = [
  { name: "kafka-1", address: "10.0.0.18", brokerId: 1, zookeeperId: 1 },
  { name: "zookeeper-2", address: "10.0.0.254", zookeeperId: 2 },
];
const SETTINGS = { authorities: ["new", "old"], validityDays: 100, renewBeforeDays: 10, generation: 3 };

test("authorities and certificates: a key each, the first authority signs, a certificate for each service and the deployer", async () => {
  const resources = await deploy(() => new Certificates("certificates", { ...SETTINGS, plans: PLANS }));
  const holders = ["kafka-1-zookeeper", "kafka-1-kafka", "zookeeper-2-zookeeper", "deployer"];
  assert.deepEqual(
    resources.map(({ name }) => name).sort(),
    [
      "certificates",
      ...["new", "old"].flatMap((authority) => [
        `certificates-authority-${authority}-key`,
        `certificates-authority-${authority}-certificate`,
      ]),
      ...holders.flatMap((holder) =>
        ["key", "request", "certificate"].map((what) => `certificates-${holder}-3-${what}`),
      ),
    ].sort(),
  );
  assert.ok(resources.slice(1).every(({ parent }) => parent === "certificates"));
  for (const { inputs } of resources.filter(({ type }) => type === "tls:index/privateKey:PrivateKey")) {
    assert.deepEqual(inputs, { algorithm: "ECDSA", ecdsaCurve: "P256" });
  }
  assert.deepEqual(only(resources, "certificates-authority-old-certificate").inputs, {
    privateKeyPem: "PEM of certificates-authority-old-key",
    subject: { commonName: "Kafka cluster test old" },
    isCaCertificate: true,
    setSubjectKeyId: true,
    validityPeriodHours: 3650 * 24,
    allowedUses: ["cert_signing", "crl_signing"],
  });
  const requested = (holder: string): unknown => only(resources, `certificates-${holder}-3-request`).inputs;
  assert.deepEqual(requested("kafka-1-kafka"), {
    privateKeyPem: "PEM of certificates-kafka-1-kafka-3-key",
    subject: { commonName: "kafka-broker" },
    ipAddresses: ["10.0.0.18"],
    dnsNames: ["kafka-1"],
  });
  assert.deepEqual((requested("zookeeper-2-zookeeper") as { subject: unknown }).subject, { commonName: "zookeeper" });
  assert.deepEqual(requested("deployer"), {
    privateKeyPem: "PEM of certificates-deployer-3-key",
    subject: { commonName: "kafka-broker" },
  });
  const signed = only(resources, "certificates-kafka-1-kafka-3-certificate");
  assert.deepEqual(signed.inputs, {
    certRequestPem: "request certificates-kafka-1-kafka-3-request",
    caPrivateKeyPem: "PEM of certificates-authority-new-key",
    caCertPem: "certificate certificates-authority-new-certificate",
    validityPeriodHours: 100 * 24,
    earlyRenewalHours: 10 * 24,
    allowedUses: ["digital_signature", "server_auth", "client_auth"],
  });
  assert.deepEqual(signed.secrets, ["caPrivateKeyPem"]);
  assert.deepEqual(only(resources, "certificates-deployer-3-certificate").inputs.allowedUses, [
    "digital_signature",
    "client_auth",
  ]);
});

test("a secured member's apply: secrets and the deployer's certificate on standard input, hashes in plain sight", async () => {
  const resources = await deployCluster({ security: "secured" });
  const apply = only(resources, "kafka-2-apply");
  const { environment, stdin } = apply.inputs as { environment: Record<string, string>; stdin: string };
  assert.deepEqual(apply.secrets, ["stdin"]);
  assert.doesNotMatch(JSON.stringify(environment), /PKCS8 of|PEM of|certificate certificates/);
  const { files = {}, tls } = JSON.parse(stdin) as ApplySecrets;
  assert.deepEqual(Object.keys(files).sort(), [
    "/etc/kafka/tls/authorities.pem",
    "/etc/kafka/tls/broker.pem",
    "/etc/zookeeper/tls/authorities.pem",
    "/etc/zookeeper/tls/server.pem",
  ]);
  assert.equal(
    files["/etc/kafka/tls/broker.pem"],
    "PKCS8 of certificates-kafka-2-kafka-1-key\ncertificate certificates-kafka-2-kafka-1-certificate\n",
  );
  assert.deepEqual(tls, {
    key: "PKCS8 of certificates-deployer-1-key",
    certificate: "certificate certificates-deployer-1-certificate",
    authorities: "certificate certificates-authority-authority-1-certificate\n",
  });
  const hashes = JSON.parse(environment.KAFKA_CLUSTER_SECRET_HASHES ?? "") as Record<string, string>;
  assert.deepEqual(Object.keys(hashes).sort(), Object.keys(files).sort());
  assert.ok(Object.values(hashes).every((hash) => /^[0-9a-f]{64}$/.test(hash)));
  const machine = only(resources, "kafka-2-machine");
  assert.doesNotMatch(JSON.stringify(machine.inputs), /PKCS8 of|certificate certificates/);
  assert.deepEqual(machine.secrets, []);
});

test("other certificates change what is on standard input and the hashes, and nothing else of an apply", async () => {
  const before = only(await deployCluster({ security: "secured" }), "kafka-2-apply").inputs;
  const after = only(
    await deployCluster({ security: "secured", certificates: { generation: 2 } }),
    "kafka-2-apply",
  ).inputs;
  const { KAFKA_CLUSTER_SPEC: spec, KAFKA_CLUSTER_SECRET_HASHES: hashes } = before.environment as Record<
    string,
    string
  >;
  const next = after.environment as Record<string, string>;
  assert.equal(next.KAFKA_CLUSTER_SPEC, spec);
  assert.notEqual(next.KAFKA_CLUSTER_SECRET_HASHES, hashes);
  assert.deepEqual({ ...after, environment: 0, stdin: 0 }, { ...before, environment: 0, stdin: 0 });
});
