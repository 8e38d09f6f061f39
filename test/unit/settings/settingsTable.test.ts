import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SettingsError } from "../../../model/kafka/problem.ts";
import type { KafkaArgs } from "../../../model/settings/kafkaArgs.ts";
import {
  A_MAP,
  allowedFor,
  type PlatformName,
  type Setting,
  type SettingTable,
} from "../../../model/settings/setting.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
import { SETTINGS } from "../../../model/settings/settingsTable.ts";
import { SECTIONS } from "../../../scripts/settings/settingsPage.ts";
import { writtenFiles } from "../../../scripts/settings/writtenFiles.ts";

/** A setting with its path, such as `topics[0].name`, and with the platform that has it. */
interface Placed {
  readonly path: string;
  readonly setting: Setting;
  readonly platform: PlatformName;
  /** Whether it, or a map around it, says what a change does. */
  readonly changeSaid: boolean;
}

function placed(table: SettingTable, prefix = "", around?: Placed): Placed[] {
  return Object.entries(table).flatMap(([key, setting]) => {
    const path = `${prefix}${key}`;
    const platform = setting.platform ?? around?.platform ?? "local";
    const changeSaid = setting.change !== undefined || around?.changeSaid === true;
    const one = { path, setting, platform, changeSaid };
    const below = "keys" in setting ? placed(setting.keys, `${path}${setting.type === "maps" ? "[0]" : ""}.`, one) : [];
    return [one, ...below];
  });
}

/** All but the deployer's key, which is read apart. */
const ALL = placed(SETTINGS).filter(({ setting }) => !("secret" in setting));

/** What a setting needs around it, so that it is read at all and by its own bounds. */
const AROUND: readonly (readonly [path: RegExp, ...raw: readonly (readonly [path: string, value: unknown])[]])[] = [
  [/^machine\.zookeeper/, ["zookeeper.placement", "dedicated"]],
  [/^certificates\.renewBeforeDays/, ["certificates.folder", "pem"]],
  [
    /^topics\[/,
    ["brokerCount", 99],
    ["topics[0].name", "orders"],
    ["topics[0].partitions", 1],
    ["topics[0].replicationFactor", 2],
  ],
  [/^users\[/, ["users[0].name", "orders"]],
  [
    /permissions\[0\]\.(name|pattern|hosts)/,
    ["users[0].permissions[0].resource", "topic"],
    ["users[0].permissions[0].name", "orders"],
    ["users[0].permissions[0].operations", ["Read"]],
  ],
  [
    /^aws\.vpc\.(id|subnetIds|bastionSubnetId)/,
    ["aws.vpc.id", "vpc-00000001"],
    ["aws.vpc.subnetIds", ["subnet-0000000a"]],
    ["aws.vpc.bastionSubnetId", "subnet-000000ff"],
  ],
];

/** A configuration with one value at a path, and what that needs around it. */
function raw({ path, platform }: Placed, value?: unknown): Record<string, unknown> {
  const all: Record<string, unknown> = { platform };
  if (platform === "aws") put(all, "aws.access.sshFrom", ["10.0.0.0/16"]);
  for (const [pattern, ...values] of AROUND) {
    if (pattern.test(path)) for (const [where, what] of values) put(all, where, what);
  }
  if (value !== undefined) put(all, path, value);
  return all;
}

function put(into: Record<string, unknown>, path: string, value: unknown): void {
  const [first = "", ...others] = path.split(".");
  const [, key = first, index] = /^(.*)\[(\d)\]$/.exec(first) ?? [];
  if (others.length === 0) {
    into[key] = value;
  } else if (index === undefined) {
    put((into[key] ??= {}) as Record<string, unknown>, others.join("."), value);
  } else {
    const list = (into[key] ??= [{}]) as Record<string, unknown>[];
    put((list[Number(index)] ??= {}), others.join("."), value);
  }
}

/** The problems of some settings as `key: what is allowed`. */
function problems(raw: Record<string, unknown>): string[] {
  try {
    checkSettings(raw);
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.problems.map(({ key, allowed }) => `${key}: ${allowed}`);
  }
}

/** Values that a setting can't have, each with the end of its key and with what is allowed instead. */
function wrong(setting: Setting): [value: unknown, place: string, allowed: string][] {
  const allowed = allowedFor(setting);
  switch (setting.type) {
    case "integer":
      return [setting.min - 1, setting.max + 1, 1.5, "many"].map((value) => [value, "", allowed]);
    case "word":
    case "flag":
      return [["?", "", allowed]];
    case "text":
      return [[setting.allowed === "a text" ? 5 : "?", "", allowed]];
    case "list":
      return [
        [5, "", allowed],
        [["?"], "[0]", setting.items.allowed],
      ];
    case "integerOrList":
      return [
        [2, "", allowed],
        [["?"], "[0]", setting.items.allowed],
      ];
    case "properties":
      return [
        [5, "", allowed],
        [{ "?": [] }, ".?", "a text, a number, true or false"],
      ];
    case "map":
      return [[5, "", allowed]];
    case "maps":
      return [
        [5, "", allowed],
        [[5], "[0]", A_MAP],
      ];
    default:
      return setting satisfies never;
  }
}

test("what comes from the table of settings is as the table says: npm run settings writes it", async () => {
  for (const [path, text] of await writtenFiles()) assert.equal(readFileSync(path, "utf8"), text, path);
});

test("a wrong value of each setting is refused, with what the table says is allowed", () => {
  for (const one of ALL) {
    for (const [value, place, allowed] of wrong(one.setting)) {
      const said = problems(raw(one, value));
      assert.ok(
        said.includes(`${one.path}${place}: ${allowed}`),
        `${one.path} = ${JSON.stringify(value)}: ${said.join("; ")}`,
      );
    }
  }
});

test("an unknown key is refused in each map of the table", () => {
  for (const one of ALL.filter(({ setting }) => setting.type === "map")) {
    const all = raw(one);
    put(all, `${one.path}.?`, 1);
    const said = problems(all);
    assert.ok(
      said.some((problem) => problem.startsWith(`${one.path}.?: no such setting; `)),
      said.join("; "),
    );
  }
  assert.ok(problems({ "?": 1 })[0]?.endsWith(`known: ${Object.keys(SETTINGS).join(", ")}`));
});

test("each default of the table is what holds without a value", () => {
  for (const one of ALL) {
    if (!("default" in one.setting) || one.path === "platform") continue;
    assert.deepEqual(checkSettings(raw(one, one.setting.default)), checkSettings(raw(one)), one.path);
  }
});

test("what has to be given is asked for, in the words of the table", () => {
  for (const { path, setting, platform } of ALL) {
    if (setting.required === undefined) continue;
    const all: Record<string, unknown> = { platform };
    put(all, path, "");
    assert.ok(problems(all).includes(`${path}: ${setting.required}`), path);
  }
});

test("what only one platform has is refused on the other one", () => {
  for (const { path, setting, platform } of ALL.filter(({ setting }) => setting.platform !== undefined)) {
    const all = raw({ path: "", setting, platform: platform === "aws" ? "local" : "aws", changeSaid: true });
    put(all, path, { anything: 1 });
    assert.ok(
      problems(all).some((problem) => problem.startsWith(`${path}: no such setting`)),
      path,
    );
  }
});

test("each setting says what a change of it does, and stands in one section of docs/settings.md", () => {
  const silent = ALL.filter(({ setting, changeSaid }) => setting.type !== "map" && !changeSaid);
  assert.deepEqual(
    silent.map(({ path }) => path),
    [],
  );
  assert.deepEqual(SECTIONS.flatMap(([, ...keys]) => keys).sort(), Object.keys(SETTINGS).sort());
});

test("the library's arguments are settings", () => {
  const args: KafkaArgs = {
    brokerCount: 5,
    zookeeper: { placement: "dedicated", count: 5 },
    brokerProperties: { "num.io.threads": 4 },
    topics: [{ name: "orders", partitions: 6, replicationFactor: 3 }],
    users: [{ name: "orders", permissions: [{ resource: "topic", name: "orders", operations: ["Read"] }] }],
  };
  const settings = checkSettings({ ...args });
  assert.equal(settings.zookeeper.count, 5);
  assert.equal(settings.topics[0]?.partitions, 6);
});
