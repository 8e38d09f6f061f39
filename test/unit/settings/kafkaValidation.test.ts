import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { planMembers } from "../../../model/render/members.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
import { assertKafkaTakes } from "../../../program/kafkaValidation.ts";
import { chooseSite } from "../../../program/chosenPlatform.ts";
import { readVerdict, type Verdict } from "../../../scripts/distribution/validate.ts";

/** What is thrown with a verdict of Kafka's, and what Kafka was asked. */
async function judged(verdict: Verdict): Promise<{ readonly message: string; readonly asked: string }> {
  const settings = checkSettings({ brokerProperties: { "queued.max.request.bytes": 1048576 } });
  const site = await chooseSite(settings, undefined, undefined);
  let asked = "";
  const message = await assertKafkaTakes(
    settings,
    planMembers(settings, site.subnets),
    "3.9",
    (version, properties) => {
      asked = `${version}\n${properties}`;
      return Promise.resolve(verdict);
    },
  ).then(
    () => "",
    (error: unknown) => {
      assert.ok(pulumi.RunError.isInstance(error));
      return error.message;
    },
  );
  return { message, asked };
}

test("Kafka gets the whole server.properties, and its refusal ends the preview as a problem of the settings", async () => {
  const reason = "queued.max.request.bytes must be larger or equal to socket.request.max.bytes";
  const { message, asked } = await judged({ kind: "refused", reason });
  assert.match(asked, /^3\.9\.2\nbroker\.id=1\n/);
  assert.match(asked, /^queued\.max\.request\.bytes=1048576$/m);
  assert.match(
    message,
    /^1 setting can't be used:\n {2}brokerProperties\.queued\.max\.request\.bytes = "1048576": what /,
  );
  assert.ok(message.includes("(queued.max.request.bytes is 1048576, socket.request.max.bytes is 104857600)"), message);
});

test("what Kafka takes, and what it could not be asked, goes on", async () => {
  assert.equal((await judged({ kind: "valid" })).message, "");
  assert.equal((await judged({ kind: "unknown", why: "no JDK" })).message, "");
});

test("anything but an answer is no answer", () => {
  assert.deepEqual(readVerdict("valid\n"), { kind: "valid" });
  assert.deepEqual(readVerdict("refused: a must be b\n"), { kind: "refused", reason: "a must be b" });
  assert.equal(readVerdict("").kind, "unknown");
  assert.equal(readVerdict("error: invalid").kind, "unknown");
});
