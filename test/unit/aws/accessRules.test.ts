import assert from "node:assert/strict";
import { test } from "node:test";
import { accessRules } from "../../../model/aws/accessRules.ts";
import { PHASES, type Phase } from "../../../model/security/phase.ts";

const DEPLOYER = "192.0.2.0/24";
const CLIENTS = "10.20.0.0/16";

/** The rules as `from -> to:port`, sorted. */
function rules(security: Phase, bastion: boolean, clientsFrom: readonly string[] = [CLIENTS]): string[] {
  return accessRules({ security, bastion, sshFrom: [DEPLOYER], clientsFrom })
    .map(({ to, port, from }) => `${"cidr" in from ? from.cidr : from.group} -> ${to}:${port}`)
    .sort();
}

const QUORUM = ["ensemble -> ensemble:2888", "ensemble -> ensemble:3888"];
const MEMBERS = {
  plain: ["brokers -> brokers:9092", "brokers -> ensemble:2181", "ensemble -> ensemble:2181"],
  tls: ["brokers -> brokers:9093", "brokers -> ensemble:2182", "ensemble -> ensemble:2182"],
};

const BASTION = {
  ssh: [`${DEPLOYER} -> bastion:22`, "bastion -> brokers:22", "bastion -> ensemble:22"],
  plain: [...MEMBERS.plain, "bastion -> brokers:9092", `${CLIENTS} -> brokers:9092`],
  tls: [...MEMBERS.tls, "bastion -> brokers:9093", "bastion -> brokers:9094", `${CLIENTS} -> brokers:9094`],
};
const DIRECT = {
  ssh: [`${DEPLOYER} -> brokers:22`, `${DEPLOYER} -> ensemble:22`],
  plain: [...MEMBERS.plain, `${DEPLOYER} -> brokers:9092`, `${CLIENTS} -> brokers:9092`],
  tls: [...MEMBERS.tls, `${DEPLOYER} -> brokers:9093`, `${DEPLOYER} -> brokers:9094`, `${CLIENTS} -> brokers:9094`],
};

for (const [way, { ssh, plain, tls }] of [
  ["with a bastion", BASTION],
  ["without one", DIRECT],
] as const) {
  test(`${way}: the ports of each phase, from who needs them`, () => {
    const expected: Record<Phase, string[]> = {
      plaintext: [...ssh, ...plain, ...QUORUM],
      opened: [...ssh, ...plain, ...tls, ...QUORUM],
      switched: [...ssh, ...plain, ...tls, ...QUORUM],
      secured: [...ssh, ...tls, ...QUORUM],
    };
    for (const phase of PHASES) assert.deepEqual(rules(phase, way === "with a bastion"), expected[phase].sort(), phase);
  });
}

test("no rule stands twice: a network of clients may be the deployer's", () => {
  for (const phase of PHASES) {
    for (const bastion of [true, false]) {
      const found = rules(phase, bastion, [CLIENTS, DEPLOYER]);
      assert.deepEqual(found, [...new Set(found)], phase);
    }
  }
});

test("a phase and the next one share a port of the brokers and one of the ensemble: members change one by one", () => {
  for (const [index, phase] of PHASES.slice(1).entries()) {
    const before = rules(PHASES[index] ?? phase, true);
    const kept = rules(phase, true).filter((rule) => before.includes(rule));
    assert.ok(
      kept.some((rule) => rule.startsWith("brokers -> brokers:")),
      phase,
    );
    assert.ok(
      kept.some((rule) => rule.startsWith("brokers -> ensemble:")),
      phase,
    );
  }
});
