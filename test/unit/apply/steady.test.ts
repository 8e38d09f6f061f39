import assert from "node:assert/strict";
import { test } from "node:test";
import { readState } from "../../../scripts/apply/services.ts";
import { settled } from "../../../scripts/apply/steady.ts";

const HASH = "a".repeat(64);

/** What systemd says, as the machine prints it. */
function printed(active: string, restarts: number, upSeconds: number): string {
  const since = active === "active" ? `@${1_700_000_000 - upSeconds}` : "";
  return `NRestarts=${restarts}\nActiveState=${active}\nActiveEnterTimestamp=${since}\nNow=1700000000\n${HASH}\n`;
}

/** What a second look makes of a service. */
function looked(first: [string, number, number], now: [string, number, number] = first): string {
  const state = settled(readState(printed(...first)), readState(printed(...now)));
  return state ? (state.looping ? "looping" : state.active) : "look again";
}

test("a service's state is read with the age of its process", () => {
  assert.deepEqual(readState(printed("active", 2, 12)), { active: "active", restarts: 2, upSeconds: 12, hash: HASH });
  assert.equal(readState(printed("activating", 2, 12)).upSeconds, 0);
  // One that never ran: systemd has no time for it, and the machine no hash.
  assert.deepEqual(readState("NRestarts=0\nActiveState=inactive\nActiveEnterTimestamp=\nNow=1700000000\n"), {
    active: "inactive",
    restarts: 0,
    upSeconds: 0,
    hash: "",
  });
});

test("a service is what it stays: healed after a time, looping when it ends once more", () => {
  assert.equal(looked(["active", 0, 0]), "active", "nobody has started it again");
  assert.equal(looked(["active", 2, 29]), "look again");
  assert.equal(looked(["active", 2, 30]), "active", "healed");
  assert.equal(looked(["active", 290, 900]), "active", "a count of long ago says nothing");
  assert.equal(looked(["active", 5, 3], ["active", 6, 1]), "looping");
  assert.equal(looked(["active", 6, 3]), "look again", "it may be healed by now");
  assert.equal(looked(["activating", 0, 0]), "look again", "killed a moment ago");
  assert.equal(looked(["deactivating", 0, 0]), "look again", "a restart that another apply has begun");
  assert.equal(looked(["deactivating", 0, 0], ["active", 0, 1]), "active");
  assert.equal(looked(["failed", 3, 0]), "failed");
  assert.equal(looked(["inactive", 0, 0]), "inactive");
});
