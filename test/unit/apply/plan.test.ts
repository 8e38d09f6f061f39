import assert from "node:assert/strict";
import { test } from "node:test";
import type { Phase } from "../../../components/security/phase.ts";
import { type ObservedService, planServices } from "../../../scripts/apply/plan.ts";
import { runningWith } from "../../../scripts/apply/started.ts";
import { applySpec } from "../plan/recorded.ts";

/** What is planned for a broker that runs in one phase, in an update to another one. */
function planned(runs: Phase, security: Phase): string {
  const before = runningWith("kafka", applySpec({ security: runs }, { security: runs }).files);
  const state = { active: "active", restarts: 0, hash: before.hash };
  const observed: ObservedService[] = [{ service: "kafka", state, before }];
  const [plan] = planServices(applySpec({ security }, { security }), [], observed);
  return plan?.action.kind ?? "";
}

test("a broker goes one step from what it runs, whatever the last update that succeeded was", () => {
  assert.equal(planned("opened", "opened"), "none");
  assert.equal(planned("opened", "switched"), "restart");
  assert.equal(planned("secured", "switched"), "restart");
  for (const [runs, security] of [
    ["secured", "opened"],
    ["switched", "plaintext"],
  ] as const) {
    assert.throws(() => planned(runs, security), {
      name: "UserError",
      message: new RegExp(`^kafka-1: its broker is ${runs} already, .*set security to ${runs}, and let that update`),
    });
  }
});
