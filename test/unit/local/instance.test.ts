import assert from "node:assert/strict";
import { test } from "node:test";
import { inotifyHint } from "../../../scripts/local/instance.ts";

test("a machine that does not come up: a small limit of inotify instances is told, an ample or unknown one is not", () => {
  assert.match(inotifyHint("128\n"), /128 inotify instances.* sudo sysctl -w fs\.inotify\.max_user_instances=2048$/);
  assert.deepEqual([inotifyHint("8192\n"), inotifyHint("")], ["", ""]);
});
