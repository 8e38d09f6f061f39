import assert from "node:assert/strict";
import { test } from "node:test";
import { cutLinks, judgeCuts } from "../../../scripts/status/cuts.ts";
import type { LinkFacts } from "../../../scripts/status/links.ts";
import { memberFacts } from "./facts.ts";

const SILENT = "gave no answer in 3 s";

function link(from: number, to: number, reason: string | null, port = 9092): LinkFacts {
  return { from: `kafka-${from}`, to: `kafka-${to}`, service: port === 9092 ? "kafka" : "zookeeper", port, reason };
}

/** The texts of the problems with their members. */
function told(links: readonly LinkFacts[], members = [1, 2, 3].map((id) => memberFacts(id))): string[] {
  return judgeCuts(cutLinks({ members, links })).map(({ subject, text }) => `${subject}: ${text}`);
}

test("links that work are no problem", () => {
  assert.deepEqual(told([link(1, 2, null), link(2, 1, null)]), []);
});

test("two that can't reach each other are one problem, with all their ports; one direction is told as such", () => {
  const both = [link(1, 2, "open failed"), link(2, 1, SILENT.replace("gave ", "")), link(2, 1, SILENT, 2181)];
  assert.deepEqual(told([...both, link(1, 3, null)]), [
    "kafka-1: kafka-1 and kafka-2 can't reach each other at 9092, 2181 (no answer in 3 s)",
  ]);
  assert.deepEqual(told([link(3, 2, SILENT)]), [`kafka-2: kafka-3 can't reach kafka-2 at 9092 (${SILENT})`]);
});

test("a member that all others are cut from is one problem, and other pairs are told beside it", () => {
  assert.deepEqual(told([link(1, 3, SILENT), link(3, 2, SILENT), link(2, 1, SILENT), link(4, 3, SILENT)]), [
    `kafka-3: kafka-1 can't reach kafka-3 at 9092 (${SILENT}); kafka-3 can't reach kafka-2 at 9092 (${SILENT}); ` +
      `kafka-4 can't reach kafka-3 at 9092 (${SILENT})`,
    `kafka-1: kafka-2 can't reach kafka-1 at 9092 (${SILENT})`,
  ]);
});

test("a service that is down is not cut off; one that another member reaches is", () => {
  const down = memberFacts(2, { broker: { seen: "refused" }, server: { seen: "refused" } });
  const members = [memberFacts(1), down, memberFacts(3)];
  assert.deepEqual(told([link(1, 2, "refused"), link(3, 2, "refused"), link(1, 2, "refused", 2181)], members), []);
  assert.deepEqual(told([link(1, 2, SILENT), link(3, 2, null)], members), [
    `kafka-1: kafka-1 can't reach kafka-2 at 9092 (${SILENT})`,
  ]);
});
