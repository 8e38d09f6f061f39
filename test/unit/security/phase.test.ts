import assert from "node:assert/strict";
import { test } from "node:test";
import { authorityProblems, GIVEN } from "../../../model/security/authorityChange.ts";
import { clientPort, memberPort, phaseProblems, PHASES } from "../../../model/security/phase.ts";

test("ports by phase: a member's are open in the phase before and after it as well", () => {
  assert.deepEqual(
    PHASES.map((phase) => [memberPort("kafka", phase), memberPort("zookeeper", phase), clientPort(phase)]),
    [
      [9092, 2181, 9092],
      [9092, 2181, 9092],
      [9093, 2182, 9094],
      [9093, 2182, 9094],
    ],
  );
});

test("a cluster that lives goes from one phase to the next, forth and back", () => {
  for (const [from, deployed] of PHASES.entries()) {
    for (const [to, next] of PHASES.entries()) {
      const problems = phaseProblems(deployed, next);
      assert.equal(problems.length, Math.abs(from - to) <= 1 ? 0 : 1, `${deployed} -> ${next}`);
    }
  }
  assert.deepEqual(phaseProblems("plaintext", "secured"), [
    {
      key: "security",
      value: "secured",
      allowed:
        "opened, then on: the cluster is plaintext, and goes step by step (plaintext, opened, switched, secured), each in an update of its own",
    },
  ]);
  assert.match(phaseProblems("secured", "plaintext")[0]?.allowed ?? "", /^switched, then on/);
});

const AUTHORITIES: Record<string, [deployed: string[], next: string[], allowed: RegExp | undefined]> = {
  "nothing changes": [["a"], ["a"], undefined],
  "another one is trusted": [["a"], ["a", "b"], undefined],
  "the other one signs": [["a", "b"], ["b", "a"], undefined],
  "the old one goes": [["b", "a"], ["b"], undefined],
  "a new one signs at once": [["a"], ["b"], /^a, b first: b has to be trusted before it signs$/],
  "a new one signs, the old one is trusted": [["a"], ["b", "a"], /^a, b first: b has to be trusted/],
  "the one that signs goes as the other takes over": [["a", "b"], ["b"], /^b, a first: members still show what a/],
  "own certificates in place of made ones": [["a"], [GIVEN], /^not set, as deployed/],
  "made ones in place of own certificates": [[GIVEN], ["a"], /^set, as deployed/],
};

for (const [name, [deployed, next, allowed]] of Object.entries(AUTHORITIES)) {
  test(`authorities of a cluster that lives: ${name}`, () => {
    const problems = authorityProblems(deployed, next);
    assert.equal(problems.length, allowed ? 1 : 0);
    if (allowed) assert.match(problems[0]?.allowed ?? "", allowed);
  });
}
