/**
 * What happens inside a machine on EC2: its user data is booted in a container whose data volume is a block device, with
 * that device's path and a distribution on this computer. Kernel parameters and time are a container's host's, so they are
 * not set. One broker with a ZooKeeper server. The tests build on each other.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { stringify } from "yaml";
import { AWS_HOST } from "../../model/aws/awsUserData.ts";
import type { ApplySecrets, ApplySpec } from "../../model/specs/applySpec.ts";
import type { HostKeyResult, HostKeySpec } from "../../model/specs/hostKeySpec.ts";
import type { Reach } from "../../model/reach.ts";
import { renderBastionUserData } from "../../model/render/bastion.ts";
import { CLASS_DATA_UNIT, classDataPaths } from "../../model/render/classData.ts";
import { renderUserData, userDataProblem } from "../../model/render/cloudInit.ts";
import { type NodeSettings, renderNode } from "../../model/render/node.ts";
import { DATA_MOUNT, DEPLOY_USER } from "../../model/render/machinePaths.ts";
import { SPEC_VARIABLE } from "../../model/specs/specVariable.ts";
import { type VerificationResult, type VerificationSpec } from "../../model/specs/verificationSpec.ts";
import { ensureDistribution } from "../../scripts/distribution/ensureDistribution.ts";
import { exec, type Finished, run } from "../../scripts/lib/exec.ts";
import { Network } from "../../scripts/lib/reach.ts";
import { PortProhibited } from "../../scripts/lib/ssh.ts";
import { waitFor } from "../../scripts/lib/wait.ts";
import { machineCommand, readMachine } from "../../scripts/status/machineFacts.ts";
import { createMachine, createSpace, reboot, serveFile, showDevice } from "./support/awsMachine.ts";
import { detachLoopDevices, LoopDevice, loopDevices } from "./support/loopDevice.ts";
import { execInside, forceRemove, inside, leftovers } from "./support/machines.ts";
import { TestStack } from "./support/stack.ts";

const STACK = "e2ea";
const PREFIX = "10.213.49.";
const PLAN = { name: "kafka-1", address: `${PREFIX}18`, brokerId: 1, zookeeperId: 1, rack: "eu-central-1a" };
const BASTION = { name: "aws-bastion", address: `${PREFIX}20` };
const LINK: Reach = { via: "link" };
const FOLDER_PART = `kafka-cluster-${STACK}-`;
const BY_ID = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_";
const VOLUME_PATH = `${BY_ID}vol0123456789abcdef0`;
const FOREIGN_PATH = `${BY_ID}vol0123456789abcdef1`;
const TOPIC = "replica-yu1";
/** A partition table with one partition for Linux (0x83), 100000 sectors from sector 2048 on, from byte 446 to 512. */
const MASTER_BOOT_RECORD = Buffer.concat([
  Buffer.from("0000000083000000", "hex"),
  Buffer.from(Uint32Array.of(2048, 100_000).buffer),
  Buffer.alloc(48),
  Buffer.from("55aa", "hex"),
]);
/** How long a machine may take to do what is waited for, in milliseconds. */
const TIMEOUT_MS = 120_000;
/** How long it may take to make archives of its services' classes, at idle priority, in milliseconds. */
const CLASS_DATA_TIMEOUT_MS = 600_000;
const CLASS_DATA = classDataPaths("kafka_2.13-3.9.2");

let key: { readonly privateKey: string; readonly publicKey: string };
let stack: TestStack;
let image: string;
let server: Awaited<ReturnType<typeof serveFile>> | undefined;
let settings: NodeSettings & { readonly device: { readonly path: string; readonly sizeGiB: number } };
let volume: LoopDevice;
/** Another device, for what must not be taken. */
let foreign: LoopDevice;
let hostKey: string;
let firstRun: string;

const onMachine = (script: string): Promise<string> => inside(STACK, PLAN.name, script);

/** Makes the machine, shows it its volume once cloud-init waits for that, and waits for cloud-init's end. */
async function boot(): Promise<void> {
  const userData = renderUserData({ hostname: PLAN.name, files: renderNode(PLAN, settings), deployKey: key.publicKey });
  assert.equal(userDataProblem(PLAN.name, userData), undefined);
  hostKey = await createMachine({
    stack: STACK,
    machine: PLAN.name,
    address: PLAN.address,
    userData,
    image,
    devices: [volume, foreign],
  });
  await logShows(`waiting for ${VOLUME_PATH} with 1 GiB: no such device`);
  await showDevice(STACK, PLAN.name, VOLUME_PATH, volume);
  await onMachine("cloud-init status --wait");
}

async function logShows(part: string): Promise<void> {
  await waitFor(
    `"${part}" in cloud-init's log`,
    async () => {
      const { stdout } = await execInside(STACK, PLAN.name, "cat /var/log/cloud-init-output.log");
      return stdout.includes(part) ? { value: true } : { seen: stdout };
    },
    TIMEOUT_MS,
  );
}

/** Runs the apply script. */
function apply(changed: Partial<NodeSettings> = {}, reach: Reach = LINK): Promise<Finished> {
  const spec: ApplySpec = {
    name: PLAN.name,
    address: PLAN.address,
    hostKey,
    reach,
    services: ["zookeeper", "kafka"],
    brokerId: PLAN.brokerId,
    zookeeperId: PLAN.zookeeperId,
    brokers: [{ id: PLAN.brokerId, address: PLAN.address }],
    ensemble: [{ id: PLAN.zookeeperId, address: PLAN.address }],
    kafkaVersion: "3.9.2",
    security: "plaintext",
    rollout: { gateTimeoutSeconds: 60, acceptUnavailable: false, acceptDataLoss: false },
    files: renderNode(PLAN, { ...settings, ...changed }),
  };
  const secrets: ApplySecrets = { privateKey: key.privateKey };
  return exec(process.execPath, ["scripts/run.mjs", "apply", "create"], {
    env: { KAFKA_CLUSTER_SPEC: JSON.stringify(spec) },
    input: JSON.stringify(secrets),
  });
}

/** Like {@link apply}, and it has to succeed; gives what it did to the services. */
async function applied(changed?: Partial<NodeSettings>, reach?: Reach): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await apply(changed, reach);
  assert.equal(code, 0, stderr);
  return (JSON.parse(stdout) as { actions: Record<string, string> }).actions;
}

/** Like {@link apply}, and it has to fail with these texts. */
async function refused(changed: Partial<NodeSettings>, ...parts: (string | RegExp)[]): Promise<void> {
  const { code, stderr } = await apply(changed);
  assert.notEqual(code, 0, stderr);
  for (const part of parts) assert.ok(typeof part === "string" ? stderr.includes(part) : part.test(stderr), stderr);
}

/** Sends a message around; gives its key and offset. */
async function verify(reach: Reach = LINK): Promise<VerificationResult> {
  const spec: VerificationSpec = {
    brokers: [{ id: PLAN.brokerId, address: `${PLAN.address}:9092` }],
    reach,
    topic: TOPIC,
    partitions: 1,
    replicationFactor: 1,
    runId: randomUUID(),
    timeoutSeconds: 60,
    kafkaVersion: "3.9.2",
  };
  const stdout = await run(process.execPath, ["scripts/run.mjs", "verify"], {
    env: { [SPEC_VARIABLE]: JSON.stringify(spec) },
    input: JSON.stringify({ privateKey: key.privateKey } satisfies ApplySecrets),
  });
  return JSON.parse(stdout) as VerificationResult;
}

/** The first message's key, which is its run's id. */
async function firstMessage(): Promise<string> {
  const text = await onMachine(
    `/opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server ${PLAN.address}:9092 --topic ${TOPIC} ` +
      "--from-beginning --max-messages 1 --timeout-ms 30000 --property print.key=true",
  );
  return text.split("\t")[0] ?? "";
}

/** What must outlive a machine: the file system's and the cluster's ids. */
function identity(): Promise<string> {
  return onMachine(
    `blkid -p -s UUID -o value ${volume.path}; grep cluster.id ${DATA_MOUNT}/kafka-logs/meta.properties`,
  );
}

/** When the services' processes started. */
function starts(): Promise<string> {
  return onMachine("systemctl show --property=MainPID,ActiveEnterTimestamp zookeeper kafka");
}

/** Waits until the machine has made its archives, in the background; gives their stamp, which is another one each time. */
async function classDataMade(former = ""): Promise<string> {
  return waitFor(
    "the archives of the services' classes",
    async () => {
      const { stdout } = await execInside(STACK, PLAN.name, `cat ${dirname(CLASS_DATA.kafka)}/stamp`);
      if (stdout !== "" && stdout !== former) return { value: stdout };
      return { seen: await onMachine(`journalctl --unit ${CLASS_DATA_UNIT} --lines 10 --no-pager --output cat`) };
    },
    CLASS_DATA_TIMEOUT_MS,
    1_000,
  );
}

/** Which of the services have an archive of their classes, as `npm run status` sees it. */
async function withClassData(): Promise<Record<string, boolean | null>> {
  const quoted = machineCommand(["zookeeper", "kafka"]).map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const { services } = readMachine(await onMachine(quoted.join(" ")));
  return Object.fromEntries(services.map(({ service, classData }) => [service, classData]));
}

async function assertMounted(): Promise<void> {
  const mount = await onMachine(`findmnt --noheadings --output SOURCE,FSTYPE,OPTIONS ${DATA_MOUNT}`);
  assert.match(mount, new RegExp(`^${volume.path} +xfs +\\S*\\bnoatime\\b`));
  const uuid = (await onMachine(`blkid -p -s UUID -o value ${volume.path}`)).trim();
  assert.equal(
    await onMachine("grep kafka /etc/fstab"),
    `UUID=${uuid} ${DATA_MOUNT} xfs noatime,nofail,x-systemd.device-timeout=60 0 0\n`,
  );
}

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  await detachLoopDevices(FOLDER_PART);
  await stack.configure(stringify({ config: { "kafka-cluster:subnet": `${PREFIX}0/24` } }));
  await stack.succeed("setup");
  image = await createSpace(STACK, `${PREFIX}0/24`);
  key = JSON.parse(await run(process.execPath, ["scripts/run.mjs", "sshKey"])) as typeof key;
  const { file, sha512 } = await ensureDistribution("3.9.2");
  server = await serveFile(file, `${PREFIX}1`);
  volume = await LoopDevice.create(join(stack.folder, "volume"), 1);
  foreign = await LoopDevice.create(join(stack.folder, "foreign"), 1);
  settings = {
    ensemble: [{ id: PLAN.zookeeperId, address: PLAN.address }],
    brokerCount: 1,
    interBrokerProtocolVersion: "3.9",
    security: "plaintext",
    brokerProperties: { "offsets.topic.num.partitions": "1" },
    heap: { broker: "256m", zookeeper: "64m" },
    distribution: { name: "kafka_2.13-3.9.2", url: server.url, sha512 },
    host: AWS_HOST,
    device: { path: VOLUME_PATH, sizeGiB: 1 },
  };
});
after(async () => {
  server?.close();
  await forceRemove(STACK);
  await detachLoopDevices(FOLDER_PART);
  await stack.remove();
  assert.deepEqual([...(await leftovers(STACK, PREFIX)), ...(await loopDevices(FOLDER_PART))], []);
});

test("the user data boots a machine whose volume shows later: formatted, mounted, all installed", async () => {
  await boot();
  assert.match(await onMachine("cloud-init status --long"), /^status: done$/m);
  const schema = "cloud-init schema --config-file /var/lib/cloud/instance/user-data.txt 2>&1";
  assert.match(await onMachine(schema), /Valid (cloud-config|schema)/);
  await logShows(`formatting ${VOLUME_PATH}`);
  await assertMounted();
});

test("the apply starts the services, and a message goes round", async () => {
  assert.deepEqual(await applied(), { zookeeper: "start", kafka: "start" });
  const result = await verify();
  firstRun = result.runId;
  assert.equal(result.offset, "0");
  assert.equal(await firstMessage(), firstRun);
  assert.match(await onMachine("cat /etc/kafka/server.properties"), /^broker\.rack=eu-central-1a$/m);
});

test("kernel and clock stay the host's in a container", async () => {
  const seen = await onMachine(
    "cat /etc/sysctl.d/60-kafka-cluster.conf /etc/chrony/sources.d/*; command -v chronyd || true",
  );
  assert.match(seen, /^vm\.swappiness = 1$/m);
  assert.match(seen, /^server 169\.254\.169\.123 /m);
  assert.doesNotMatch(seen, /^\/.*chronyd$/m);
});

test("another apply does nothing", async () => {
  const before = [await starts(), await identity()];
  assert.deepEqual(await applied(), { zookeeper: "none", kafka: "none" });
  assert.deepEqual([await starts(), await identity()], before);
  await assertMounted();
});

test("in the background the machine makes archives of its services' classes, and the next restart has them", async () => {
  await classDataMade();
  assert.deepEqual(await withClassData(), { zookeeper: false, kafka: false });
  const topics = await onMachine(`/opt/kafka/bin/kafka-topics.sh --bootstrap-server ${PLAN.address}:9092 --list`);
  assert.doesNotMatch(topics, /class-data/, "the broker that was started for that met the machine's own");
  await onMachine("systemctl restart zookeeper kafka");
  assert.deepEqual(await applied(), { zookeeper: "none", kafka: "none" });
  assert.deepEqual(await withClassData(), { zookeeper: true, kafka: true });
  assert.equal(await firstMessage(), firstRun);
});

test("with a damaged archive, or another file in its place, services start without, and the next apply has them made anew", async () => {
  const former = await classDataMade();
  // The other way round a running JVM would see it.
  await onMachine(`systemctl stop kafka zookeeper
    file=${CLASS_DATA.kafka} middle=$(($(stat --format=%s ${CLASS_DATA.kafka}) / 2))
    byte=$(od --address-radix=n --format=u1 --skip-bytes=$middle --read-bytes=1 $file)
    printf "\\\\x$(printf %02x $((255 - byte)))" | dd of=$file bs=1 seek=$middle conv=notrunc status=none
    echo "no archive" >${CLASS_DATA.zookeeper}
    systemctl start zookeeper kafka`);
  assert.deepEqual(await applied(), { zookeeper: "none", kafka: "none" });
  assert.deepEqual(await withClassData(), { zookeeper: false, kafka: false });
  assert.notEqual(await classDataMade(former), former);
  await onMachine("systemctl restart zookeeper kafka");
  assert.deepEqual(await applied(), { zookeeper: "none", kafka: "none" });
  assert.deepEqual(await withClassData(), { zookeeper: true, kafka: true });
});

test("after a reboot the volume is mounted, the services run and the data is there", async () => {
  const before = await identity();
  await reboot(STACK, PLAN.name, PLAN.address);
  await showDevice(STACK, PLAN.name, VOLUME_PATH, volume);
  assert.deepEqual(await applied(), { zookeeper: "none", kafka: "none" });
  await assertMounted();
  assert.equal(await identity(), before);
  assert.equal(await firstMessage(), firstRun);
  assert.equal((await verify()).offset, "1");
});

test("a machine made anew gets its volume back: not formatted, the same cluster, the message still there", async () => {
  const before = await identity();
  await boot();
  assert.doesNotMatch(await onMachine("cat /var/log/cloud-init-output.log"), /formatting/);
  assert.deepEqual(await applied(), { zookeeper: "start", kafka: "start" });
  await assertMounted();
  assert.equal(await identity(), before);
  assert.equal(await firstMessage(), firstRun);
  assert.equal((await verify()).offset, "2");
});

test("the bastion's user data: the deployer gets through it to SSH and to the broker, and no further", async () => {
  const userData = renderBastionUserData(BASTION.name, key.publicKey);
  const shown = await createMachine({ stack: STACK, machine: BASTION.name, ...BASTION, userData, image, devices: [] });
  const onBastion = (script: string): Promise<string> => inside(STACK, BASTION.name, script);
  assert.match(await onBastion("cloud-init status --wait --long"), /^status: done$/m);
  const schema = "cloud-init schema --config-file /var/lib/cloud/instance/user-data.txt 2>&1";
  assert.match(await onBastion(schema), /Valid (cloud-config|schema)/);

  const learned = await run(process.execPath, ["scripts/run.mjs", "hostKey"], {
    env: { KAFKA_CLUSTER_SPEC: JSON.stringify({ ...BASTION, user: DEPLOY_USER, reach: LINK } satisfies HostKeySpec) },
    input: JSON.stringify({ privateKey: key.privateKey } satisfies ApplySecrets),
  });
  const bastion = (JSON.parse(learned) as HostKeyResult).hostKey;
  assert.equal(bastion, shown);

  const reach: Reach = { via: "bastion", host: BASTION.address, user: DEPLOY_USER, hostKey: bastion };
  assert.deepEqual(await applied({}, reach), { zookeeper: "none", kafka: "none" });
  assert.equal((await verify(reach)).offset, "3");

  const network = new Network({ reach, privateKey: key.privateKey });
  try {
    await network.ready();
    for (const port of [2181, 80]) {
      const socket = network.openSocket({ host: PLAN.address, port });
      await assert.rejects(once(socket, "close"), PortProhibited, `port ${port}`);
    }
    // Where nothing listens yet, as before the cluster is secured.
    for (const port of [9093, 9094]) {
      const socket = network.openSocket({ host: "127.0.0.1", port });
      await assert.rejects(once(socket, "close"), /can't be reached from the bastion/, `port ${port}`);
    }
  } finally {
    network.close();
  }
  const entered = new Network({ reach: LINK, privateKey: key.privateKey });
  try {
    const ssh = await entered.connect({ ...BASTION, user: DEPLOY_USER }, bastion);
    const { code, stdout } = await ssh.exec(["id"]);
    assert.notEqual(code, 0, stdout);
    assert.doesNotMatch(stdout, /uid=/);
  } finally {
    entered.close();
  }
});

test("a larger volume: the file system grows while the services run", async () => {
  const before = await starts();
  await volume.grow(2);
  settings = { ...settings, device: { ...settings.device, sizeGiB: 2 } };
  assert.deepEqual(await applied(), { zookeeper: "none", kafka: "none" });
  assert.equal(await starts(), before);
  const size = Number(await onMachine(`findmnt --bytes --noheadings --output SIZE ${DATA_MOUNT}`));
  assert.ok(size > 1.9 * 2 ** 30, `${size} bytes`);
  assert.equal((await verify()).offset, "4");
});

test("a device with anything on it that is no XFS is refused and left as it is", async () => {
  await showDevice(STACK, PLAN.name, FOREIGN_PATH, foreign);
  const device = { path: FOREIGN_PATH, sizeGiB: 1 };
  const leftAlone = async (...parts: (string | RegExp)[]): Promise<void> => {
    const before = await foreign.hash();
    await refused({ device }, ...parts);
    assert.equal(await foreign.hash(), before);
  };
  // As much of an ext4 superblock as blkid goes by: its magic number and a feature that only ext4 has (extents).
  await foreign.write(1024 + 0x38, Buffer.from("53ef", "hex"));
  await foreign.write(1024 + 0x60, Buffer.from("40000000", "hex"));
  await leftAlone(`${FOREIGN_PATH} holds ext4 (blkid: exit code 0), not XFS. It is left as it is`);

  await foreign.clear();
  await foreign.write(446, MASTER_BOOT_RECORD);
  await leftAlone(`${FOREIGN_PATH} holds dos (blkid: exit code 0), not XFS.`);

  await foreign.clear();
  await foreign.write(4096, Buffer.from("data of a program that uses the device without a file system"));
  await leftAlone(`${FOREIGN_PATH} is not empty, but holds no file system that blkid knows`, "dd if=/dev/zero of=");

  // blkid knows an XFS by the first bytes of its superblock.
  await foreign.clear();
  await onMachine(`mkfs.xfs -q ${foreign.path}`);
  await foreign.write(0, Buffer.from("x"));
  await leftAlone(`${FOREIGN_PATH} is not empty, but holds no file system that blkid knows`);

  await foreign.clear();
  await onMachine(`mkfs.xfs -q ${foreign.path}`);
  await leftAlone(`another device than ${FOREIGN_PATH} is mounted at ${DATA_MOUNT}`);
  await assertMounted();
});

test("a format that was interrupted is not tried again", async () => {
  // What mkfs.xfs writes first and takes back last (sb_inprogress).
  await onMachine(`xfs_db -x -c 'sb 0' -c 'write inprogress 1' ${foreign.path}`);
  const before = await foreign.hash();
  await onMachine(`systemctl stop kafka zookeeper && umount ${DATA_MOUNT}`);
  await refused({ device: { path: FOREIGN_PATH, sizeGiB: 1 } }, /kafka-cluster install: .* It is left as it is/);
  assert.equal(await foreign.hash(), before);
  assert.deepEqual(await applied(), { zookeeper: "start", kafka: "start" });
  await assertMounted();
  assert.equal(await firstMessage(), firstRun);
});

test("a distribution with another SHA-512 is refused with both", async () => {
  const { sha512, ...distribution } = settings.distribution;
  const wrong = "0".repeat(128);
  await refused(
    { distribution: { ...distribution, sha512: wrong } },
    `the SHA-512 of ${distribution.url} is ${sha512}, but ${wrong} is expected`,
  );
  await applied();
});
