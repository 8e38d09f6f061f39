import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  classDataFiles,
  classDataPaths,
  renderClassDataScript,
  renderClassDataUnit,
} from "../../../model/render/classData.ts";
import { kafkaVersion } from "../../../model/kafka/versions.ts";
import { recordFiles } from "../../../model/render/classDataRecording.ts";

const NAME = "kafka_2.13-3.9.2";
const DATA = `/var/lib/kafka-cluster/class-data/${NAME}`;

/** A machine's folders below a folder of the test's, with the program and a JVM that has only the files that are looked at. */
function machine(t: TestContext, services = "zookeeper kafka") {
  const root = mkdtempSync(join(tmpdir(), "class-data-"));
  t.after(() => rmSync(root, { recursive: true }));
  const path = (...parts: string[]): string => join(root, ...parts);
  const put = (file: string, content: string): void => {
    mkdirSync(path(file, ".."), { recursive: true });
    writeFileSync(path(file), content);
  };
  const memory = (mebibytes: number): void => put("/proc/meminfo", `MemAvailable:   ${mebibytes * 1024} kB\n`);
  put("/etc/kafka-cluster/install.env", `DISTRIBUTION='${NAME}'\nSERVICES='${services}'\n`);
  put(`/opt/${NAME}/.sha512`, "abc\n");
  for (const file of ["bin/java", "lib/modules", "lib/server/libjvm.so", "lib/server/classes.jsa"])
    put(`/jvm/${file}`, file);
  memory(4096);
  mkdirSync(path("/var/cache/kafka-class-data"), { recursive: true });
  const script = path("program");
  writeFileSync(
    script,
    renderClassDataScript(NAME)
      .replace("/usr/bin/java", "/jvm/bin/java")
      .replaceAll(/(?<=[ ="<])(?=\/(etc\/kafka-cluster|var|opt|srv|jvm|proc)\b)/g, root),
  );
  chmodSync(script, 0o755);
  const run = (step: string): { code: number | null; said: string } => {
    const { status, stderr } = spawnSync(script, [step], { encoding: "utf8" });
    return { code: status, said: stderr };
  };
  /** What the recording leaves. */
  const recorded = (): void => {
    for (const service of ["zookeeper", "kafka"])
      put(`/var/cache/kafka-class-data/${service}.jsa`, `classes of ${service}`);
  };
  return { path, put, memory, script, run, recorded };
}

type Machine = ReturnType<typeof machine>;

function make({ run, recorded }: Machine): void {
  assert.deepEqual(run("wanted"), { code: 0, said: "" });
  recorded();
  assert.deepEqual(run("keep"), { code: 0, said: "" });
}

test("an archive's path has its distribution, and the machine's files are late: EC2's user data has no room for them", () => {
  assert.deepEqual(classDataPaths(NAME), { zookeeper: `${DATA}/zookeeper.jsa`, kafka: `${DATA}/kafka.jsa` });
  const files = classDataFiles(NAME);
  assert.deepEqual(
    files.map(({ path, mode, late, restarts }) => [path, mode, late, restarts]),
    [
      ["/usr/local/lib/kafka-cluster/class-data", "0755", true, []],
      ["/etc/systemd/system/kafka-class-data.service", "0644", true, []],
    ],
  );
  assert.throws(
    () => classDataFiles("kafka_2.13-1.0.0"),
    /kafka_2\.13-1\.0\.0 is no distribution of a supported version/,
  );
});

test("the unit keeps the recording idle, within its memory and away from the machine's own services", () => {
  assert.equal(
    renderClassDataUnit(NAME),
    readFileSync("test/unit/render/expected/etc/systemd/system/kafka-class-data.service", "utf8"),
  );
});

test("the program is bash, and carries the recording that set-up makes, in another folder", () => {
  const program = renderClassDataScript(NAME);
  const { status, stderr } = spawnSync("bash", ["-n"], { input: program, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  for (const [name, content] of Object.entries(recordFiles(kafkaVersion("3.9.2"), "/var/cache/kafka-class-data"))) {
    assert.ok(program.includes(`cat >${name} <<'END'\n${content}END\n`), name);
    assert.doesNotMatch(content, /^END$/m);
  }
});

test("until there are archives, their paths lead to the JVM's own; what is there is left", (t) => {
  const { path, put, run } = machine(t);
  assert.deepEqual(run("link"), { code: 0, said: "" });
  const own = path("/jvm/lib/server/classes.jsa");
  assert.deepEqual(
    ["zookeeper", "kafka"].map((service) => readlinkSync(path(DATA, `${service}.jsa`))),
    [own, own],
  );
  rmSync(path(DATA, "kafka.jsa"));
  put(`${DATA}/kafka.jsa`, "classes");
  // The JVM has moved.
  rmSync(path(DATA, "zookeeper.jsa"));
  spawnSync("ln", ["-s", "/nowhere", path(DATA, "zookeeper.jsa")]);
  assert.deepEqual(run("link"), { code: 0, said: "" });
  assert.equal(readFileSync(path(DATA, "kafka.jsa"), "utf8"), "classes");
  assert.equal(readlinkSync(path(DATA, "zookeeper.jsa")), own);
});

test("archives come in place of the links, whole, and are not made again", (t) => {
  const made = machine(t);
  const { path, run } = made;
  run("link");
  mkdirSync(path("/var/lib/kafka-cluster/class-data/kafka_2.11-2.4.0"));
  make(made);
  assert.deepEqual(readdirSync(path(DATA)).sort(), ["kafka.jsa", "stamp", "zookeeper.jsa"]);
  assert.equal(readFileSync(path(DATA, "kafka.jsa"), "utf8"), "classes of kafka");
  assert.equal(readFileSync(path("/jvm/lib/server/classes.jsa"), "utf8"), "lib/server/classes.jsa");
  assert.deepEqual(readdirSync(path(DATA, "..")).sort(), [NAME, "origin"]);
  assert.equal(readFileSync(path(DATA, "stamp"), "utf8").split("\n")[0], `${sha256(readFileSync(made.script))}  -`);
  assert.deepEqual(run("wanted"), { code: 1, said: "" });
  assert.deepEqual(run("clear"), { code: 0, said: "" });
  assert.deepEqual(readdirSync(path("/var/cache/kafka-class-data")), []);
});

test("another program, distribution or JVM, and an archive that was written to or is gone, make them anew", (t) => {
  const made = machine(t);
  const { path, put, script, run } = made;
  run("link");
  const changes: Record<string, () => void> = {
    program: () => writeFileSync(script, `${readFileSync(script, "utf8")}# another one\n`),
    distribution: () => put(`/opt/${NAME}/.sha512`, "def\n"),
    JVM: () => put("/jvm/lib/modules", "lib/modulez"),
    "an archive that was written to": () => put(`${DATA}/kafka.jsa`, "classes of kafkb"),
    "an archive that is gone": () => rmSync(path(DATA, "zookeeper.jsa")),
  };
  for (const [what, change] of Object.entries(changes)) {
    make(made);
    assert.equal(run("wanted").code, 1, what);
    change();
    assert.deepEqual(run("wanted"), { code: 0, said: "" }, what);
  }
});

test("a machine without a broker keeps the server's archive alone", (t) => {
  const made = machine(t, "zookeeper");
  made.run("link");
  make(made);
  assert.deepEqual(readdirSync(made.path(DATA)).sort(), ["stamp", "zookeeper.jsa"]);
  assert.equal(made.run("wanted").code, 1);
});

test("they are not made without memory, with another distribution than at the beginning, or where the services could be met", (t) => {
  const { path, put, memory, run, recorded } = machine(t);
  run("link");
  memory(1023);
  const without = "no class data are made, and services start without: ";
  assert.deepEqual(run("wanted"), {
    code: 1,
    said: `${without}1023 MiB of memory are available, and 1024 are wanted\n`,
  });
  memory(1024);
  assert.equal(run("wanted").code, 0);
  put("/proc/self/net/route", "Iface\tDestination\neth0\t00000000\n");
  assert.deepEqual(run("record"), { code: 1, said: `${without}there is no network apart, without a route\n` });
  put("/proc/self/net/route", "Iface\tDestination\n");
  put("/srv/kafka-data/zookeeper/myid", "1\n");
  assert.deepEqual(run("record"), { code: 1, said: `${without}${path("/srv/kafka-data")} is the machine's own\n` });
  recorded();
  put(`/opt/${NAME}/.sha512`, "def\n");
  assert.deepEqual(run("keep"), { code: 1, said: `${without}what they are made of has changed meanwhile\n` });
  assert.equal(readlinkSync(path(DATA, "kafka.jsa")), path("/jvm/lib/server/classes.jsa"));
});

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
