import assert from "node:assert/strict";
import { test } from "node:test";
import type { Phase } from "../../../model/security/phase.ts";
import { type ObservedService, type Plan, planServices } from "../../../scripts/apply/plan.ts";
import { launchSteps, servicesToTakeBack } from "../../../scripts/apply/rollOut.ts";
import { runningWith } from "../../../scripts/apply/started.ts";
import { applySpec } from "../plan/recorded.ts";

/** What is planned for a broker that runs in one phase, in an update to another one. */
function planned(runs: Phase, security: Phase): string {
  const before = runningWith("kafka", applySpec({ security: runs }, { security: runs }).files);
  const state = { active: "active", restarts: 0, upSeconds: 600, looping: false, hash: before.hash };
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

/** What is planned for the services of a member that are found so, when one file of each differs. */
function steps(found: Partial<Record<"zookeeper" | "kafka", string>>): string[][] {
  const spec = { ...applySpec(), services: ["zookeeper", "kafka"] as const };
  const observed = spec.services.map((service): ObservedService => {
    const before = { ...runningWith(service, spec.files), hash: "other", rest: "other" };
    return {
      service,
      state: { active: found[service] ?? "", restarts: 0, upSeconds: 9, looping: false, hash: "" },
      before,
    };
  });
  return launchSteps(planServices(spec, [], observed)).map((step) => step.map(({ service }) => service));
}

test("what is restarted is one transaction, with the server that has to start before the broker", () => {
  assert.deepEqual(steps({ zookeeper: "active", kafka: "active" }), [["zookeeper", "kafka"]]);
  assert.deepEqual(steps({ zookeeper: "failed", kafka: "active" }), [["zookeeper", "kafka"]]);
  assert.deepEqual(steps({ zookeeper: "active", kafka: "inactive" }), [["zookeeper"], ["kafka"]]);
  assert.deepEqual(steps({ zookeeper: "inactive", kafka: "inactive" }), [["zookeeper"], ["kafka"]]);
});

test("a broker that systemd has healed is left to what the plan says; one that ends again and again is restarted", () => {
  const kind = (looping: boolean): string => {
    const spec = applySpec({ brokerProperties: { "log.retention.ms": "7200000", "num.network.threads": "4" } });
    const before = runningWith("kafka", applySpec().files);
    const state = { active: "active", restarts: 7, upSeconds: 40, looping, hash: before.hash };
    return planServices(spec, spec.files, [{ service: "kafka", state, before }])[0]?.action.kind ?? "";
  };
  assert.deepEqual([kind(false), kind(true)], ["alter", "restart"]);
});

test("a hurt broker that had run goes back by itself where its ZooKeeper server was down; else all or nothing does", () => {
  const back = (zookeeper: string, kafka: string, isHurt: boolean): string =>
    servicesToTakeBack(
      [
        ["zookeeper", zookeeper],
        ["kafka", kafka],
      ].map(([service, kind]) => {
        const before = runningWith("kafka", applySpec().files);
        return { service, before: kind === "start" ? undefined : before, after: before, action: { kind } } as Plan;
      }),
      isHurt,
    )
      .map(({ service }) => service)
      .join();
  assert.equal(back("restart", "restart", false), "zookeeper,kafka");
  assert.equal(back("none", "alter", true), "zookeeper,kafka");
  assert.equal(back("start", "restart", false), "");
  assert.equal(back("start", "alter", true), "kafka");
  assert.equal(back("none", "start", true), "");
});
