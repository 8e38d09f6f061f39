import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { renderUserData } from "../../../components/render/cloudInit.ts";
import { renderNode } from "../../../components/render/node.ts";
import { renderProperties } from "../../../components/render/properties.ts";
import { renderInstallSettings } from "../../../components/render/installScript.ts";

const ENSEMBLE = [
  { id: 1, address: "10.0.0.18" },
  { id: 2, address: "10.0.0.19" },
  { id: 3, address: "10.0.0.20" },
];
const CLUSTER = {
  ensemble: ENSEMBLE,
  brokerCount: 3,
  brokerProperties: { "message.max.bytes": "5242880", "default.replication.factor": "2" },
  heap: { broker: "1g", zookeeper: "512m" },
  distribution: {
    name: "kafka_2.13-3.9.2",
    url: "file:///mnt/kafka-distributions/kafka_2.13-3.9.2.tar",
    sha512: "0123456789abcdef",
  },
  host: { ownKernel: false },
};
const NOTE_MEMBER = { name: "kafka-3", address: "10.0.0.20", brokerId: 3, zookeeperId: 3 };

test("a member with both services is rendered to exactly the files that stand in expected/", () => {
  const files = renderNode(NOTE_MEMBER, CLUSTER);
  const named = files.map((file) => [file.path, file.mode, file.restarts.join(" ")]);
  assert.deepEqual(named, [
    ["/usr/local/lib/kafka-cluster/install", "0755", ""],
    ["/etc/kafka-cluster/install.env", "0644", "zookeeper kafka"],
    ["/etc/zookeeper/zoo.cfg", "0644", "zookeeper"],
    ["/etc/zookeeper/log4j.properties", "0644", "zookeeper"],
    ["/etc/systemd/system/zookeeper.service", "0644", "zookeeper"],
    ["/etc/kafka/server.properties", "0644", "kafka"],
    ["/etc/kafka/log4j.properties", "0644", "kafka"],
    ["/etc/systemd/system/kafka.service", "0644", "kafka"],
  ]);
  for (const file of files.slice(1)) assert.equal(file.content, expected(file.path), file.path);
});

test("a member with one service has nothing of the other", () => {
  const broker = renderNode({ name: "kafka-1", address: "10.0.0.18", brokerId: 1 }, CLUSTER);
  assert.deepEqual(
    broker.filter((file) => file.path.includes("zoo")),
    [],
  );
  assert.match(contentOf(broker, "kafka.service"), /^After=network-online\.target$/m);
  const server = renderNode({ name: "zookeeper-1", address: "10.0.0.254", zookeeperId: 1 }, CLUSTER);
  assert.deepEqual(
    server.filter((file) => file.path.startsWith("/etc/kafka/")),
    [],
  );
  assert.match(contentOf(server, "install.env"), /^SERVICES='zookeeper'\nMYID='1'$/m);
});

test("user data is a cloud-config that carries the same files and starts no service", () => {
  const files = renderNode(NOTE_MEMBER, CLUSTER);
  const text = renderUserData({ hostname: "kafka-3", files, deployKey: "ssh-ed25519 AAAA kafka-cluster" });
  assert.ok(text.startsWith("#cloud-config\n"));
  const document = parse(text) as Record<string, unknown>;
  assert.deepEqual(
    document.write_files,
    files.map((file) => ({
      path: file.path,
      permissions: file.mode,
      owner: "root:root",
      content: file.content,
    })),
  );
  const { write_files: _, ...rest } = document;
  assert.deepEqual(rest, {
    hostname: "kafka-3",
    manage_etc_hosts: "localhost",
    locale: "C.UTF-8",
    ssh_pwauth: false,
    disable_root: true,
    ssh_genkeytypes: ["ed25519"],
    users: [
      {
        name: "kafka-deploy",
        gecos: "Deploys the Kafka cluster",
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        ssh_authorized_keys: ["ssh-ed25519 AAAA kafka-cluster"],
      },
    ],
    runcmd: [["/usr/local/lib/kafka-cluster/install"]],
  });
});

test("fewer than three brokers are never asked for more replicas than there are", () => {
  const files = renderNode({ ...NOTE_MEMBER, brokerId: 1 }, { ...CLUSTER, brokerCount: 1, brokerProperties: {} });
  assert.match(contentOf(files, "server.properties"), /^offsets\.topic\.replication\.factor=1$/m);
  assert.match(contentOf(files, "server.properties"), /^min\.insync\.replicas=1$/m);
});

test("properties come back from Java's escapes as they were", () => {
  const text = fc.string({ unit: "binary" }).filter((value) => value.length > 0);
  fc.assert(
    fc.property(text, text, (key, value) => {
      assert.deepEqual(readProperties(renderProperties([[key, value]])), [[key, value]]);
    }),
  );
});

test("install settings are literal for a shell, whatever they hold", () => {
  const text = renderInstallSettings({
    distribution: "a'b",
    url: "https://h/$(x)`y`",
    sha512: "0",
    services: ["kafka"],
  });
  assert.equal(text, "DISTRIBUTION='a'\\''b'\nURL='https://h/$(x)`y`'\nSHA512='0'\nSERVICES='kafka'\nMYID=''\n");
});

function expected(path: string): string {
  return readFileSync(`test/unit/render/expected${path}`, "utf8");
}

function contentOf(files: readonly { path: string; content: string }[], name: string): string {
  return files.find((file) => file.path.endsWith(name))?.content ?? "";
}

/** Reads what java.util.Properties would: the escapes of its documentation, for texts of one line an entry. */
function readProperties(text: string): [string, string][] {
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => {
      const split = /^((?:[^\\=: ]|\\.)*)[=: ] *(.*)$/s.exec(line);
      return [unescape(split?.[1] ?? ""), unescape(split?.[2] ?? "")];
    });
}

function unescape(text: string): string {
  const named: Record<string, string> = { n: "\n", r: "\r", t: "\t", f: "\f" };
  return text.replace(/\\(?:u([0-9a-f]{4})|(.))/gs, (_, unit: string | undefined, char: string | undefined) =>
    unit === undefined ? (named[char ?? ""] ?? char ?? "") : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}
