import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultProtocol, releaseChange, releaseProblems } from "../../../model/kafka/upgrade.ts";
import { isNewer, KAFKA_VERSIONS, kafkaVersion, protocolsOf } from "../../../model/kafka/versions.ts";

const release = (kafkaVersion: string, interBrokerProtocolVersion: string) => ({
  kafkaVersion,
  interBrokerProtocolVersion,
});
const problems = (deployed: ReturnType<typeof release>, next: ReturnType<typeof release>): string[] =>
  releaseProblems(deployed, next).map(({ key, value, allowed }) => `${key} = ${String(value)}: ${allowed}`);

test("the steps of an upgrade, and the way back before the protocol is raised", () => {
  assert.deepEqual(problems(release("2.4.0", "2.4"), release("2.4.0", "2.4")), []);
  assert.deepEqual(problems(release("2.4.0", "2.4"), release("3.9.2", "2.4")), []);
  assert.deepEqual(problems(release("3.9.2", "2.4"), release("2.4.0", "2.4")), []);
  assert.deepEqual(problems(release("3.9.2", "2.4"), release("3.9.2", "3.9")), []);
});

test("binaries and protocol in one update are refused", () => {
  assert.deepEqual(problems(release("2.4.0", "2.4"), release("3.9.2", "3.9")), [
    "interBrokerProtocolVersion = 3.9: 2.4 during the upgrade, so that it can be undone; raise it in an update of its own " +
      "when all brokers run 3.9.2",
  ]);
});

test("after the protocol was raised there is no way back, for the binaries nor for the protocol", () => {
  for (const protocol of ["2.4", "3.9"]) {
    assert.match(
      problems(release("3.9.2", "3.9"), release("2.4.0", protocol)).join(),
      /^kafkaVersion = 2\.4\.0: 3\.9\.2: the brokers speak protocol 3\.9/,
    );
  }
  assert.match(
    problems(release("3.9.2", "3.9"), release("3.9.2", "2.4")).join(),
    /^interBrokerProtocolVersion = 2\.4: at least 3\.9/,
  );
});

test("every pair of versions that is not stated is refused", () => {
  for (const from of KAFKA_VERSIONS) {
    for (const to of KAFKA_VERSIONS) {
      const { protocol } = isNewer(from.version, to.version) ? to : from;
      const found = problems(release(from.version, protocol), release(to.version, protocol));
      const stated = from === to || to.upgradesFrom.includes(from.version) || from.upgradesFrom.includes(to.version);
      assert.equal(found.length === 0, stated, `${from.version} to ${to.version}: ${found.join()}`);
    }
  }
});

test("what a change of the release is", () => {
  assert.equal(releaseChange(release("2.4.0", "2.4"), release("2.4.0", "2.4")), "none");
  assert.equal(releaseChange(release("2.4.0", "2.4"), release("3.9.2", "3.9")), "upgrade");
  assert.equal(releaseChange(release("3.9.2", "2.4"), release("2.4.0", "2.4")), "downgrade");
  assert.equal(releaseChange(release("3.9.2", "2.4"), release("3.9.2", "3.9")), "protocol");
});

test("a protocol that is not named is the deployed one, at first the version's own", () => {
  assert.equal(defaultProtocol(kafkaVersion("3.9.2"), release("2.4.0", "2.4")), "2.4");
  assert.equal(defaultProtocol(kafkaVersion("3.9.2"), undefined), "3.9");
});

test("versions are compared by their numbers; a version speaks its own protocol and older ones", () => {
  assert.ok(isNewer("3.10", "3.9"));
  assert.ok(!isNewer("3.9.2", "3.9.2"));
  assert.deepEqual(protocolsOf(kafkaVersion("3.9.2")), ["3.9", "2.4"]);
  assert.deepEqual(protocolsOf(kafkaVersion("2.4.0")), ["2.4"]);
});
