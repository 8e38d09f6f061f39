import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { parse } from "yaml";
import { SettingsError } from "../../../model/kafka/problem.ts";
import { defaultBrokerProperties } from "../../../model/render/serverProperties.ts";
import { EC2_USER_DATA_LIMIT, renderUserData, userDataProblem } from "../../../model/render/cloudInit.ts";
import { classDataFiles } from "../../../model/render/classData.ts";
import { renderDataSettings } from "../../../model/render/dataVolume.ts";
import { CLASS_PATH_SCRIPT, INSTALL_SCRIPT_TEXT, renderInstallSettings } from "../../../model/render/installScript.ts";
import { CLASS_PATH_FILE } from "../../../model/render/javaCommand.ts";
import { renderNode } from "../../../model/render/node.ts";
import type { NodeFile } from "../../../model/render/nodeFile.ts";
import { parseProperties, renderProperties } from "../../../model/render/properties.ts";

const ENSEMBLE = [
  { id: 1, address: "10.0.0.18" },
  { id: 2, address: "10.0.0.19" },
  { id: 3, address: "10.0.0.20" },
];
const CLUSTER = {
  ensemble: ENSEMBLE,
  brokerCount: 3,
  interBrokerProtocolVersion: "3.9",
  security: "plaintext" as const,
  brokerProperties: { "message.max.bytes": "5242880", "default.replication.factor": "2" },
  heap: { broker: "1g", zookeeper: "512m" },
  distribution: {
    name: "kafka_2.13-3.9.2",
    url: "file:///mnt/kafka-distributions/kafka_2.13-3.9.2.tar",
    sha512: "0123456789abcdef",
  },
  host: { ownKernel: false },
};
/** What the same cluster is on EC2. */
const ON_EC2 = {
  ...CLUSTER,
  host: { ownKernel: true, timeServer: "169.254.169.123" },
  device: { path: "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0", sizeGiB: 100 },
};
const NOTE_MEMBER = { name: "kafka-3", address: "10.0.0.20", brokerId: 3, zookeeperId: 3 };

test("further options of a JVM come after the program's, as systemd has to read them", () => {
  const jvmOptions = { broker: ["-XX:+UseZGC", "-XX:HeapDumpPath=/a%b$c\\d", `-Dx='it"s'`], zookeeper: ["-Dx=y"] };
  const unitOf = (service: string): string | undefined =>
    renderNode(NOTE_MEMBER, { ...CLUSTER, jvmOptions }).find(({ path }) => path.endsWith(`/${service}.service`))
      ?.content;
  assert.match(
    unitOf("kafka") ?? "",
    / -Dlog4j\.configuration=\S+ -XX:\+UseZGC -XX:HeapDumpPath=\/a%%b\$\$c\\\\d -Dx=\\'it\\"s\\' @\/opt\//,
  );
  assert.match(unitOf("zookeeper") ?? "", / -Dlog4j\.configuration=\S+ -Dx=y @\/opt\//);
  // The JVM refuses two collectors, and the rest of the program's choice is for its own.
  const chosen = (service: string): string[] =>
    unitOf(service)?.match(/-XX:\S*(GC|MaxGCPauseMillis|InitiatingHeapOccupancyPercent)\b\S*/g) ?? [];
  assert.deepEqual(chosen("kafka"), ["-XX:+UseZGC"]);
  assert.deepEqual(chosen("zookeeper"), [
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
  ]);
});

test("where the platform gives class data, each service's are named before the user's options, and verified", () => {
  const classData = { zookeeper: "/mnt/z.jsa", kafka: "/mnt/k.jsa" };
  const jvmOptions = { broker: ["-Da=b"], zookeeper: [] };
  const distribution = { ...CLUSTER.distribution, classData };
  const files = renderNode(NOTE_MEMBER, { ...CLUSTER, jvmOptions, distribution });
  const options = (file: string): string => `-XX:SharedArchiveFile=/mnt/${file}.jsa -XX:+VerifySharedSpaces`;
  const log = "-Dlog4j.configuration=file:/etc";
  assert.ok(
    contentOf(files, "kafka.service").includes(
      ` ${options("k")} ${log}/kafka/log4j.properties -Da=b @/opt/kafka_2.13-3.9.2/classpath.args kafka.Kafka `,
    ),
  );
  assert.ok(
    contentOf(files, "zookeeper.service").includes(` ${options("z")} ${log}/zookeeper/log4j.properties @/opt/`),
  );
  const plain = renderNode(NOTE_MEMBER, { ...CLUSTER, jvmOptions });
  assert.deepEqual(
    plain.filter((file, index) => file.content !== files[index]?.content).map(({ path }) => path),
    ["/etc/systemd/system/zookeeper.service", "/etc/systemd/system/kafka.service"],
  );
});

test("a JVM that takes whole pointers keeps its own archive: with ZGC, without compressed ones, from 32 GiB on", () => {
  const distribution = { ...CLUSTER.distribution, classData: { zookeeper: "/mnt/z.jsa", kafka: "/mnt/k.jsa" } };
  const named = (broker: string[], heap = "512m"): boolean[] => {
    const settings = {
      ...CLUSTER,
      distribution,
      jvmOptions: { broker, zookeeper: [] },
      heap: { ...CLUSTER.heap, broker: heap },
    };
    const files = renderNode(NOTE_MEMBER, settings);
    return ["kafka", "zookeeper"].map((service) =>
      contentOf(files, `${service}.service`).includes("SharedArchiveFile"),
    );
  };
  assert.deepEqual(named(["-XX:+UseSerialGC"]), [true, true]);
  assert.deepEqual(named(["-XX:+UseZGC"]), [false, true]);
  assert.deepEqual(named(["-XX:-UseCompressedOops"]), [false, true]);
  assert.deepEqual(named([], "31g"), [true, true]);
  assert.deepEqual(named([], "32g"), [false, true]);
});

test("where a machine makes its own, each service's path is that of its distribution, and the machine gets the program", () => {
  const host = { ...CLUSTER.host, makesClassData: true };
  const files = renderNode(NOTE_MEMBER, { ...CLUSTER, host });
  for (const service of ["kafka", "zookeeper"]) {
    assert.ok(
      contentOf(files, `${service}.service`).includes(
        ` -XX:SharedArchiveFile=/var/lib/kafka-cluster/class-data/kafka_2.13-3.9.2/${service}.jsa -XX:+VerifySharedSpaces `,
      ),
    );
  }
  const plain = renderNode(NOTE_MEMBER, CLUSTER);
  assert.deepEqual(files.slice(plain.length), classDataFiles("kafka_2.13-3.9.2"));
  // What is late is not in user data.
  const size = (files: readonly NodeFile[]): number => renderUserData({ hostname: "m", files, deployKey: "k" }).length;
  assert.equal(size(files), size(files.slice(0, plain.length)));
});

test("the class path is the jars in one order, whatever the folder's and the locale's", (t) => {
  const home = mkdtempSync(join(tmpdir(), "class path-"));
  t.after(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, "libs"));
  for (const name of ["b.jar", "a.jar", "a-1.jar", "B.jar", "note.txt"]) writeFileSync(join(home, "libs", name), "");
  const written = (locale: string): string => {
    const env = { ...process.env, LC_ALL: locale, home };
    const { status, stderr } = spawnSync("bash", ["-euc", CLASS_PATH_SCRIPT], { env, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return readFileSync(join(home, CLASS_PATH_FILE), "utf8");
  };
  const jars = ["B", "a-1", "a", "b"].map((name) => `${home}/libs/${name}.jar`);
  assert.deepEqual([written("C"), written("en_US.UTF-8")], Array(2).fill(`-cp "${jars.join(":")}"\n`));
});

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
    ["/usr/local/lib/kafka-cluster/room", "0755", ""],
    ["/etc/systemd/system/zookeeper.service.d/room.conf", "0644", ""],
    ["/etc/systemd/system/kafka.service.d/room.conf", "0644", ""],
  ]);
  for (const file of files.slice(1).filter(({ mode }) => mode !== "0755"))
    assert.equal(file.content, expected(file.path), file.path);
});

test("a member on EC2 has the same files, and a device, kernel parameters, a time source and a rack", () => {
  const files = renderNode({ ...NOTE_MEMBER, rack: "eu-central-1c" }, ON_EC2);
  const plain = renderNode(NOTE_MEMBER, CLUSTER);
  const added = files.filter((file) => !plain.some((other) => other.path === file.path));
  assert.deepEqual(
    added.map((file) => [file.path, file.mode, file.restarts]),
    [
      ["/etc/kafka-cluster/data.env", "0644", []],
      ["/etc/sysctl.d/60-kafka-cluster.conf", "0644", []],
      ["/etc/chrony/sources.d/kafka-cluster.sources", "0644", []],
    ],
  );
  for (const file of added) assert.equal(file.content, expected(file.path), file.path);
  const properties = expected("/etc/kafka/server.properties");
  assert.deepEqual(
    files.filter((file) => !added.includes(file)),
    plain.map((file) =>
      file.path === "/etc/kafka/server.properties"
        ? { ...file, content: properties.replace("broker.id=3\n", "broker.id=3\nbroker.rack=eu-central-1c\n") }
        : file,
    ),
  );
});

test("without a time server of the platform's own, chrony keeps the distributor's", () => {
  const files = renderNode(NOTE_MEMBER, { ...ON_EC2, host: { ownKernel: true } });
  assert.ok(files.some((file) => file.path.startsWith("/etc/sysctl.d/")));
  assert.ok(!files.some((file) => file.path.startsWith("/etc/chrony/")));
});

test("a larger volume restarts no service", () => {
  const render = (sizeGiB: number) => renderNode(NOTE_MEMBER, { ...ON_EC2, device: { ...ON_EC2.device, sizeGiB } });
  const before = render(100);
  const changed = render(200).filter((file, index) => file.content !== before[index]?.content);
  assert.deepEqual(
    changed.map((file) => [file.path, file.restarts]),
    [["/etc/kafka-cluster/data.env", []]],
  );
});

test("a small heap keeps room for two buffers of the log cleaner, unless the user says how large one is", () => {
  const buffer = (heap: string, brokerProperties = {}): string | undefined => {
    const cluster = { ...CLUSTER, brokerProperties, heap: { ...CLUSTER.heap, broker: heap } };
    const properties = parseProperties(contentOf(renderNode(NOTE_MEMBER, cluster), "server.properties"));
    return properties["log.cleaner.dedupe.buffer.size"];
  };
  assert.deepEqual(
    ["384m", "1023m", "1024m", "1g", "6g"].map((heap) => buffer(heap)),
    [String(48 * 2 ** 20), String(127 * 2 ** 20), undefined, undefined, undefined],
  );
  assert.equal(buffer("384m", { "log.cleaner.dedupe.buffer.size": "20000000" }), "20000000");
});

test("a rack is for brokers: a ZooKeeper server of its own has no use for one", () => {
  const server = { name: "zookeeper-1", address: "10.0.0.254", zookeeperId: 1 };
  assert.deepEqual(renderNode({ ...server, rack: "eu-central-1a" }, CLUSTER), renderNode(server, CLUSTER));
});

test("the install script is bash", () => {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: INSTALL_SCRIPT_TEXT, encoding: "utf8" });
  assert.equal(status, 0, stderr);
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
  const written = document.write_files as { permissions: string; content: string; encoding?: string }[];
  assert.deepEqual(
    written.map(({ encoding, content, ...file }) => ({
      ...file,
      content: encoding === "gz+b64" ? gunzipSync(Buffer.from(content, "base64")).toString() : content,
    })),
    // Late ones come with the first apply.
    files.slice(0, 8).map((file) => ({
      path: file.path,
      permissions: file.mode,
      owner: "root:root",
      content: file.content,
    })),
  );
  // Scripts take a third of their room; what users have set can be read as it is.
  assert.deepEqual(
    written.map(({ permissions, encoding }) => [permissions, encoding]),
    files.slice(0, 8).map(({ mode }) => [mode, mode === "0755" ? "gz+b64" : undefined]),
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

test("user data that EC2 would refuse is said before, with its size in bytes and the remedy", () => {
  const files = renderNode(NOTE_MEMBER, ON_EC2);
  assert.equal(userDataProblem("kafka-3", renderUserData({ hostname: "kafka-3", files, deployKey: "k" })), undefined);
  assert.equal(userDataProblem("kafka-3", "x".repeat(EC2_USER_DATA_LIMIT)), undefined);
  // Two bytes a letter.
  const problem = userDataProblem("kafka-3", "ä".repeat(EC2_USER_DATA_LIMIT / 2 + 1));
  assert.ok(problem);
  assert.equal(
    new SettingsError([problem]).message,
    "1 setting can't be used:\n  kafka-3, user data in bytes = 16386: at most 16384 (EC2's limit): " +
      "shorten brokerProperties, which are most of what can grow",
  );
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
      assert.deepEqual(parseProperties(renderProperties([[key, value]])), { [key]: value });
    }),
  );
});

test("a device's settings are literal for a shell, whatever they hold", () => {
  const path = fc.string({ unit: "binary" }).filter((text) => !text.includes("\0") && !/[\ud800-\udfff]/.test(text));
  fc.assert(
    fc.property(path, (path) => {
      const script = `${renderDataSettings({ path, sizeGiB: 7 })}printf '%s\\0%s' "$DEVICE" "$SIZE_GIB"`;
      const { stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
      assert.equal(stdout, `${path}\x007`);
    }),
    { numRuns: 50 },
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

test("a broker has 18 s to connect to ZooKeeper, or as long as a longer session of the user's", () => {
  const connection = (own: Record<string, string>): string | undefined =>
    defaultBrokerProperties(3, "1g", own)["zookeeper.connection.timeout.ms"];
  assert.equal(connection({}), "18000");
  assert.equal(connection({ "zookeeper.session.timeout.ms": "18000" }), "18000");
  // Kafka's own rule: as long as the session.
  assert.equal(connection({ "zookeeper.session.timeout.ms": "60000" }), undefined);
});
