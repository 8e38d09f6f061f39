import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { KAFKA_VERSIONS } from "../../../model/kafka/versions.ts";
import { downloadArchive, parseSha512, publishedSha512 } from "../../../scripts/distribution/apache.ts";
import { assemblyKey } from "../../../scripts/distribution/assemble.ts";
import { checkJars, parseJarLock } from "../../../scripts/distribution/jarLock.ts";
import { lookUp, store } from "../../../scripts/distribution/store.ts";
import { toolScripts } from "../../../scripts/distribution/tools.ts";

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "distribution-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("the lock of jars", () => {
  test("is read line by line", () => {
    const [a, b] = [hash("sha256", "a"), hash("sha256", "b")];
    assert.deepEqual(
      [...parseJarLock(`${a}  a-1.0.jar\n${b}  kafka_2.13-3.9.2.jar\n`)],
      [
        ["a-1.0.jar", a],
        ["kafka_2.13-3.9.2.jar", b],
      ],
    );
  });
  test("refuses a line of another form", () => {
    for (const text of ["", "abc  a.jar\n", `${hash("sha256", "a")}  ../a.jar\n`, `${hash("sha256", "a")} a.jar\n`]) {
      assert.throws(() => parseJarLock(text), /not a line of sha256sum/);
    }
    const line = `${hash("sha256", "a")}  a.jar\n`;
    assert.throws(() => parseJarLock(line + line), /a\.jar stands twice/);
  });
  test("finds the altered, the missing and the additional jar", async () => {
    const lock = parseJarLock(["a", "b", "c"].map((name) => `${hash("sha256", name)}  ${name}.jar`).join("\n"));
    for (const name of ["a", "b", "c"]) await writeFile(join(folder, `${name}.jar`), name);
    assert.deepEqual(await checkJars(folder, lock), []);

    await writeFile(join(folder, "a.jar"), "corrupt");
    await rm(join(folder, "b.jar"));
    await writeFile(join(folder, "d.jar"), "d");
    assert.deepEqual(await checkJars(folder, lock), [
      `a.jar has SHA-256 ${hash("sha256", "corrupt")}, expected ${hash("sha256", "a")}`,
      "b.jar is missing",
      "d.jar is not in the lock file",
    ]);
  });
});

for (const release of KAFKA_VERSIONS) {
  describe(release.name, () => {
    test("is pinned to its own broker and ZooKeeper, without log4j 1.2.17", async () => {
      const lock = parseJarLock(await readFile(`scripts/distribution/${release.version}/jars.sha256`, "utf8"));
      assert.ok(lock.has(`${release.name}.jar`));
      assert.ok(lock.has(`zookeeper-${release.zooKeeper}.jar`));
      assert.ok(lock.has(`kafka-tools-${release.version}.jar`));
      assert.ok(lock.has("reload4j-1.2.25.jar"));
      assert.deepEqual(
        [...lock.keys()].filter((jar) => jar.startsWith("log4j")),
        [],
      );
    });
    test("has the tools that operators know", async () => {
      const scripts = [...Object.keys(toolScripts(release)), ...(await readdir("scripts/distribution/bin"))].sort();
      assert.deepEqual(scripts, [
        "kafka-acls.sh",
        "kafka-broker-api-versions.sh",
        "kafka-configs.sh",
        "kafka-console-consumer.sh",
        "kafka-console-producer.sh",
        "kafka-consumer-groups.sh",
        "kafka-consumer-perf-test.sh",
        "kafka-delete-records.sh",
        "kafka-dump-log.sh",
        "kafka-get-offsets.sh",
        "kafka-leader-election.sh",
        "kafka-log-dirs.sh",
        "kafka-producer-perf-test.sh",
        "kafka-reassign-partitions.sh",
        "kafka-run-class.sh",
        "kafka-server-start.sh",
        "kafka-server-stop.sh",
        "kafka-topics.sh",
        "zookeeper-server-start.sh",
        "zookeeper-server-stop.sh",
        "zookeeper-shell.sh",
      ]);
    });
  });
}

test("each version's archive has a key of its own, the same each time", () => {
  const keys = [...KAFKA_VERSIONS, ...KAFKA_VERSIONS].map((release) => assemblyKey(release));
  assert.equal(new Set(keys).size, KAFKA_VERSIONS.length);
  for (const key of keys) assert.match(key, /^[0-9a-f]{16}$/);
});

describe("the cache of archives", () => {
  const make = (path: string): Promise<void> => writeFile(path, "archive", { mode: 0o600 });

  test("gives back what was stored, readable by everybody", async () => {
    const file = join(folder, "distributions", "a.tar");
    assert.equal(await lookUp(file), "absent");
    const expected = { file, sha512: hash("sha512", "archive") };
    assert.deepEqual(await store(file, make), expected);
    assert.deepEqual(await lookUp(file), expected);
    assert.equal((await stat(file)).mode & 0o777, 0o644);
    assert.equal((await stat(join(folder, "distributions"))).mode & 0o777, 0o755);
    assert.deepEqual((await readdir(join(folder, "distributions"))).sort(), ["a.tar", "a.tar.sha512"]);
  });
  test("notices an altered and a half-written archive, and takes a new one", async () => {
    const file = join(folder, "a.tar");
    const stored = await store(file, make);
    await writeFile(file, "arch");
    assert.equal(await lookUp(file), "corrupt");
    await store(file, make);
    assert.deepEqual(await lookUp(file), stored);
  });
  test("does not count an archive whose hash was never written", async () => {
    const file = join(folder, "a.tar");
    await writeFile(file, "archive");
    assert.equal(await lookUp(file), "absent");
  });
  test("keeps nothing of an archive that could not be made", async () => {
    const failing = async (path: string): Promise<void> => {
      await writeFile(path, "half");
      throw new Error("no space left");
    };
    await assert.rejects(store(join(folder, "a.tar"), failing), /no space left/);
    assert.deepEqual(await readdir(folder), []);
  });
});

describe("Apache's archive", () => {
  const content = "archive".repeat(1000);
  const published = hash("sha512", content);

  /** Serves the archive with the given hash file on this computer while `use` runs. */
  async function serving(
    hashFile: string | undefined | (() => string | undefined),
    use: (url: string) => Promise<void>,
  ): Promise<void> {
    const server = createServer((request, response) => {
      const body = request.url === "/a.tgz" ? content : typeof hashFile === "function" ? hashFile() : hashFile;
      response.writeHead(body === undefined ? 404 : 200).end(body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a.tgz`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test("is taken when it has the published hash", async () => {
    await serving(`${published}  a.tgz\n`, async (url) => {
      await downloadArchive(url, join(folder, "a.tgz"));
      assert.equal(await readFile(join(folder, "a.tgz"), "utf8"), content);
    });
  });
  test("is refused when it has another", async () => {
    await serving(hash("sha512", "other"), async (url) => {
      await assert.rejects(downloadArchive(url, join(folder, "a.tgz")), /has SHA-512 [0-9a-f]{128}, published is/);
    });
  });
  test("is refused where no hash is published", async () => {
    await serving(undefined, async (url) => {
      await assert.rejects(downloadArchive(url, join(folder, "a.tgz")), /a\.tgz\.sha512 answered 404/);
    });
  });
  test("has its hash asked for again where nothing stands in for it", async () => {
    const patience = { timeoutMs: 3_000, tries: 3, pauseMs: 1 };
    let answers = 0;
    const answer = (): string | undefined => (++answers < 3 ? undefined : published);
    await serving(answer, async (url) => {
      assert.equal(await publishedSha512(url, patience), published);
      assert.equal(answers, 3);
    });
    await serving(undefined, async (url) => {
      await assert.rejects(publishedSha512(url, patience), /a\.tgz\.sha512 answered 404/);
    });
  });
  test("has its hash in gpg's or in sha512sum's form", () => {
    const groups = published.toUpperCase().match(/.{8}/g) ?? [];
    const gpg = `a.tgz: ${groups.slice(0, 8).join(" ")}\n       ${groups.slice(8).join(" ")}\n`;
    for (const text of [published, `${published}\n`, `${published}  a.tgz\n`, `${published} *a.tgz`, gpg]) {
      assert.equal(parseSha512(text), published);
    }
    for (const text of ["", "<html>not found</html>", published.slice(1)]) {
      assert.throws(() => parseSha512(text), /not a SHA-512/);
    }
  });
});
