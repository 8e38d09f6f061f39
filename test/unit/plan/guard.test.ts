import assert from "node:assert/strict";
import { test } from "node:test";
import { refusals } from "../../../scripts/plan/guard.ts";
import type { Step } from "../../../scripts/plan/planSteps.ts";
import { RECORDED, stepsOf } from "./recorded.ts";

const THREE = ["kafka-1", "kafka-2", "kafka-3"];

function judge(
  recorded: string,
  living: readonly string[] = THREE,
  volumesAnew: readonly string[] = [],
  states?: Record<string, Pick<Step, "old" | "new">>,
): string[] {
  return refusals(stepsOf(recorded, states), { living: new Set(living), volumesAnew: new Set(volumesAnew) });
}

test("a plan that the chain keeps in order passes", () => {
  for (const plan of ["nothing", "replace", "recipe", "more", "cpus", "goneInstance"] as const) {
    assert.deepEqual(judge(RECORDED[plan]), [], plan);
  }
});

test("the last brokers may go, with their data volumes", () => {
  assert.deepEqual(judge(RECORDED.fewer, [...THREE, "kafka-4"]), []);
});

test("the data volume of a member that stays is not deleted, unless that was asked for", () => {
  assert.deepEqual(judge(RECORDED.all), [
    "kafka-2-volume would be deleted, with all data of kafka-2, which stays. To replace the machine alone, run " +
      "npm run replace -- kafka-2; to make the data volume anew as well, npm run replace -- kafka-2 --data-volume-too",
  ]);
  assert.deepEqual(judge(RECORDED.all, THREE, ["kafka-2"]), []);
  assert.equal(judge(RECORDED.all, THREE, ["kafka-1"]).length, 1);
  // One that is made before the old one goes, as on AWS, and one that is only taken off the record.
  assert.equal(judge("create-replacement kafka-2-volume\nreplace kafka-2-volume").length, 1);
  assert.equal(judge("delete kafka-2-volume").length, 1);
});

test("a member that is not part of the cluster yet has no data to lose", () => {
  assert.deepEqual(judge("delete-replaced kafka-4-volume\nreplace kafka-4-volume\ncreate kafka-4-machine"), []);
});

test("what an earlier update has left to be deleted is no loss", () => {
  const states = { "kafka-2-volume": { old: { delete: true } } };
  assert.deepEqual(judge("delete-replaced kafka-2-volume", THREE, [], states), []);
});

test("machines of two members are not deleted at the same time", () => {
  assert.deepEqual(judge(RECORDED.image), [
    "kafka-1-machine, kafka-2-machine, kafka-3-machine would be deleted at the same time, before local-image is replaced. " +
      "Replace one member at a time: npm run replace -- MEMBER",
  ]);
  // A machine whose apply does not run: nothing says that it is back when the next one goes.
  const unchained = "delete-replaced kafka-1-machine\ncreate-replacement kafka-1-machine\nsame kafka-1-apply";
  assert.deepEqual(judge(unchained), []);
  const [refused] = judge(`${unchained}\ndelete-replaced kafka-3-machine\ncreate-replacement kafka-3-machine`);
  assert.match(refused ?? "", /^kafka-1-machine, kafka-3-machine would be deleted at the same time\. Replace one/);
  assert.equal(judge("delete kafka-1-machine\ndelete kafka-2-machine").length, 1);
});

test("members are not taken away in an update that replaces others", () => {
  assert.deepEqual(judge(RECORDED.fewerAndReplace, [...THREE, "kafka-4"]), [
    "kafka-4-machine would be deleted in the update that replaces kafka-2-machine. Do one after the other: first replace " +
      "the machines with brokerCount as it was, then take the brokers away",
  ]);
});
