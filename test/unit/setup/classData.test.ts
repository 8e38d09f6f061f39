import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { classDataName, classDataPaths } from "../../../model/local/classData.ts";
import { kafkaVersion } from "../../../model/kafka/versions.ts";
import { javaCommand, MAIN_CLASS } from "../../../model/render/javaCommand.ts";
import { classDataStep, isAsNoted, makeClassData, stampOf } from "../../../scripts/setup/classDataStep.ts";
import { ROOT_SCRIPT, setupFiles } from "../../../scripts/setup/classDataScript.ts";
import { imageKey } from "../../../scripts/setup/imageRecipe.ts";

const RELEASE = kafkaVersion("3.9.2");

test("an archive's name has the distribution's file, the image's key and the service", () => {
  assert.equal(classDataName("kafka_2.13-3.9.2-0123.tar", "abcd", "kafka"), "kafka_2.13-3.9.2-0123-abcd-kafka.jsa");
  assert.equal(classDataName("kafka_2.11-2.4.0-apache.tgz", "e", "kafka"), "kafka_2.11-2.4.0-apache-e-kafka.jsa");
  assert.deepEqual(classDataPaths("a.tar", "b"), {
    zookeeper: "/mnt/kafka-distributions/a-b-zookeeper.jsa",
    kafka: "/mnt/kafka-distributions/a-b-kafka.jsa",
  });
});

test("the services are recorded with the options that they run with on a machine", () => {
  const files = setupFiles(RELEASE);
  for (const service of ["zookeeper", "kafka"] as const) {
    const [options] = [/^-XX:(\+|MaxGC|InitiatingHeap)/].map((shared) =>
      javaCommand({
        ...{ home: `/opt/${RELEASE.name}`, mainClass: MAIN_CLASS[service], heap: "1g", options: [] },
        ...{ configuration: "c", log4j: "l", logs: "/l" },
      }).filter((word) => shared.test(word) || word.startsWith("@")),
    );
    for (const run of ["plaintext.list", "secured.list", "dump", "check"]) {
      const words = files[`${service}.${run}`]?.split("\n") ?? [];
      assert.deepEqual(
        options?.filter((option) => !words.includes(option)),
        [],
        `${service}.${run}`,
      );
    }
    assert.match(files[`${service}.check`] ?? "", /^-Xshare:on\n(.*\n)*@.*\n-version\n/m);
  }
  assert.match(files["kafka.plaintext.cfg"] ?? "", /^listeners=PLAINTEXT:\/\/127\.0\.0\.1:9092$/m);
  assert.match(files["kafka.secured.cfg"] ?? "", /^listeners=BROKER:\/\/127\.0\.0\.1:9093,CLIENT:/m);
  assert.equal(files["ports.secured"], "2182\n9093\n");
});

test("a version that can't be secured is recorded in plaintext alone", () => {
  assert.equal(setupFiles(RELEASE).phases, "plaintext\nsecured\n");
  const files = setupFiles(kafkaVersion("2.4.0"));
  assert.equal(files.phases, "plaintext\n");
  assert.ok(!Object.keys(files).some((name) => name.includes("secured")));
});

test("its programs are bash", () => {
  const { record, prepare } = setupFiles(RELEASE);
  for (const input of [ROOT_SCRIPT, prepare, record]) {
    const { status, stderr } = spawnSync("bash", ["-n"], { input, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  }
});

test("where it can't be made, set-up says why and goes on, and leaves nothing behind", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "class-data-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const archive = { file: join(folder, "kafka.tar"), sha512: "abc" };
  const image = { metadata: "", rootfs: join(folder, "no.squashfs"), fingerprint: "f" };
  const failure = await makeClassData(RELEASE, archive, image);
  assert.ok(failure !== undefined && failure !== "" && !failure.includes("\n"), failure);
  assert.deepEqual(readdirSync(folder), []);
  const step = classDataStep(RELEASE, () => Promise.resolve(undefined));
  assert.equal(step.name, "class data of Kafka 3.9.2");
  assert.equal(await step.isDone(), false);
  assert.match((await step.run(() => undefined)) ?? "", /^not made, and services start without: image or distribution/);
});

test("another image or another file makes them anew", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "class-data-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const archive = join(folder, classDataName("kafka.tar", imageKey(), "kafka"));
  const [image, other] = ["f", "g"].map((fingerprint) => ({ metadata: "", rootfs: "", fingerprint }));
  assert.ok(image && other);
  mkdirSync(folder, { recursive: true });
  writeFileSync(archive, "class data");
  utimesSync(archive, 1, 1);
  const made = await stampOf(RELEASE, [archive], image);
  const same = (changes: { release?: typeof RELEASE; image?: typeof image } = {}): Promise<boolean> =>
    isAsNoted(made, changes.release ?? RELEASE, [archive], changes.image ?? image);
  assert.equal(await same(), true);
  assert.equal(await same({ image: other }), false);
  assert.equal(await same({ release: kafkaVersion("2.4.0") }), false);
  // A copy.
  utimesSync(archive, 2, 2);
  assert.equal(await same(), true);
  writeFileSync(archive, "class date");
  assert.equal(await same(), false);
  writeFileSync(archive, "class dat");
  assert.equal(await same(), false);
  rmSync(archive);
  assert.equal(await same(), false);
});
