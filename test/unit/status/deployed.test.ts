import assert from "node:assert/strict";
import { test } from "node:test";
import { startHash } from "../../../scripts/apply/files.ts";
import { UserError } from "../../../scripts/lib/report.ts";
import type { ExportedResource } from "../../../scripts/stack/exportedState.ts";
import { deployedCluster } from "../../../scripts/status/recordedCluster.ts";
import { statusOptions } from "../../../scripts/status/statusOptions.ts";
import { unfinishedResources, unfinishedText } from "../../../scripts/status/unfinishedUpdate.ts";
import { FILE } from "./facts.ts";

const userError = (message: RegExp) => (error: unknown) => error instanceof UserError && message.test(error.message);

const outputs = {
  members: [
    { name: "kafka-1", address: "10.0.0.18", brokerId: 1, zookeeperId: null },
    { name: "kafka-2", address: "10.0.0.19", brokerId: 2 },
  ],
  kafkaVersion: "3.9.2",
  reach: { via: "link" },
  deployerPrivateKey: "PRIVATE",
};

function command(name: string, spec: unknown, more: object = {}): ExportedResource {
  const inputs = { environment: { KAFKA_CLUSTER_SPEC: JSON.stringify(spec) } };
  return { urn: `urn:pulumi:dev::kafka-cluster::a$b::${name}`, type: "command:local:Command", inputs, ...more };
}

test("members come from the outputs, what was deployed on them from the applies", () => {
  const configuration = { ...FILE, path: "/etc/kafka/server.properties", content: "log.dirs=/opt/kafka-logs\n" };
  const [files, address, hostKey] = [[FILE, configuration], "10.0.0.18", "ssh-ed25519 KEY"];
  const spec = { name: "kafka-1", address, hostKey, files, services: ["kafka"] };
  const cluster = deployedCluster("dev", outputs, {
    resources: [
      command("kafka-1-apply", spec),
      command("kafka-1-old", spec, { delete: true }),
      command("local-space", { space: "kc-dev" }),
      { urn: "urn:pulumi:dev::kafka-cluster::pulumi:pulumi:Stack::dev", type: "pulumi:pulumi:Stack" },
    ],
  });
  assert.deepEqual(cluster, {
    kafkaVersion: "3.9.2",
    reach: { via: "link" },
    privateKey: "PRIVATE",
    security: "plaintext",
    certificates: [],
    members: [
      {
        name: "kafka-1",
        address,
        brokerId: 1,
        apply: {
          hostKey,
          files,
          startHashes: new Map([["kafka", startHash("kafka", files)]]),
          properties: { "log.dirs": "/opt/kafka-logs" },
        },
      },
      { name: "kafka-2", address: "10.0.0.19", brokerId: 2, apply: null },
    ],
    unfinished: [],
  });
});

test("a secured cluster: how the deployer comes in, what hides in files, and when certificates end", () => {
  const secret = { path: "/etc/kafka/tls/broker.pem", content: "", mode: "0640", restarts: ["kafka"], secret: true };
  const spec = { name: "kafka-1", address: "10.0.0.18", hostKey: "ssh-ed25519 KEY", services: ["kafka"] };
  const hashed = { ...spec, security: "secured", files: [FILE, secret] };
  const apply = command("kafka-1-apply", hashed);
  const environment = {
    ...(apply.inputs?.environment as object),
    KAFKA_CLUSTER_SECRET_HASHES: '{"/etc/kafka/tls/broker.pem":"abc"}',
  };
  const tls = { authorities: "CA", certificate: "CERT", key: "KEY" };
  const cluster = deployedCluster(
    "dev",
    { ...outputs, security: { phase: "secured", authorities: ["authority-1"] }, deployerTls: tls },
    {
      resources: [
        { ...apply, inputs: { ...apply.inputs, environment } },
        {
          urn: "urn:pulumi:dev::kafka-cluster::tls:index/locallySignedCert:LocallySignedCert::certificates-a",
          type: "tls:index/locallySignedCert:LocallySignedCert",
          outputs: { validityEndTime: "2026-01-02T03:04:05Z", earlyRenewalHours: 720 },
        },
      ],
    },
  );
  assert.deepEqual([cluster.security, cluster.tls], ["secured", tls]);
  assert.deepEqual(cluster.certificates, [
    { name: "certificates-a", ends: Date.UTC(2026, 0, 2, 3, 4, 5), earlyRenewalHours: 720 },
  ]);
  assert.equal(cluster.members[0]?.apply?.files.at(-1)?.sha256, "abc");
});

test("a stack without a cluster, and one of an older program, have no status", () => {
  assert.throws(() => deployedCluster("dev", {}, {}), userError(/stack dev has no cluster that lives.*npm run up/));
  const { reach: _, ...older } = outputs;
  assert.throws(() => deployedCluster("dev", older, {}), userError(/lacks an output of .*reach.*npm run up/));
});

/** A part of a member, as its library component names it. */
function part(name: string, more: object = {}): ExportedResource {
  const path = "kafka-cluster:index:KafkaCluster$kafka-cluster:index:Member$command:local:Command";
  return { ...command(name, {}), urn: `urn:pulumi:dev::kafka-cluster::${path}::${name}`, ...more };
}

const mark = { inputs: { environment: { KAFKA_CLUSTER_UNFINISHED: "its last update did not end well" } } };

test("what an update has begun and not ended: half made, marked, under way, and members that it has brought", () => {
  const growth = "urn:pulumi:dev::kafka-cluster::kafka-cluster:index:Growth$command:local:Command::growth-replicas";
  const unfinished = unfinishedResources(
    {
      resources: [
        part("kafka-1-machine"),
        part("kafka-1-apply", mark),
        part("kafka-2-machine", { taint: true }),
        part("kafka-2-apply", { taint: true, delete: true }),
        part("kafka-4-volume"),
        command("verification-round-trip", {}, { taint: true }),
        // It keeps its mark as long as no topic grows.
        { ...part("growth-replicas", mark), urn: growth },
      ],
      pending_operations: [{ type: "updating", resource: part("kafka-1-apply") }],
    },
    ["kafka-1", "kafka-2"],
  );
  assert.deepEqual(unfinished, [
    { resource: "kafka-1-apply", member: "kafka-1" },
    { resource: "kafka-2-machine", member: "kafka-2" },
    { resource: "kafka-4-volume", member: "kafka-4" },
    { resource: "verification-round-trip", member: null },
  ]);
  assert.equal(
    unfinishedText(unfinished),
    "kafka-1 (apply), kafka-2 (machine), kafka-4 (volume), verification-round-trip",
  );
  assert.deepEqual(unfinishedResources({ resources: [part("kafka-1-apply")] }, ["kafka-1"]), []);
});

test("the options, and the user's mistakes with them", () => {
  assert.deepEqual(statusOptions([]), { json: false, diskPercent: 85 });
  assert.deepEqual(statusOptions(["--json", "--disk-percent", "100"]), { json: true, diskPercent: 100 });
  assert.equal(statusOptions(["--help"]), "help");
  assert.throws(() => statusOptions(["--yaml"]), userError(/--yaml.*--help lists the options/s));
  for (const percent of ["0", "101", "85%", ""]) {
    assert.throws(() => statusOptions([`--disk-percent=${percent}`]), userError(/--disk-percent .*from 1 to 100/));
  }
});
