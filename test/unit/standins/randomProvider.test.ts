import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RandomProvider } from "../../../standins/randomProvider.ts";
import { impossible, randomText } from "../../../standins/randomText.ts";
import { type Properties, secret, unwrap, UNKNOWN } from "../../../model/engineValues.ts";

const provider = new RandomProvider();
const urn = (type: string): string =>
  `urn:pulumi:dev::project::random:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}::name`;

async function create(type: string, news: Properties): Promise<{ id: string; outs: Properties }> {
  const { inputs, failures } = await provider.check(urn(type), {}, news);
  assert.deepEqual(failures, []);
  return provider.create(urn(type), inputs);
}

async function refused(type: string, news: Properties): Promise<string[]> {
  const { failures } = await provider.check(urn(type), {}, news);
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
}

test("RandomId gives the same bytes in every encoding, the prefix on all but the id", async () => {
  const { id, outs } = await create("RandomId", { byteLength: 8, prefix: "p-", keepers: { a: "b" } });
  const bytes = Buffer.from(id, "base64url");
  assert.equal(bytes.length, 8);
  assert.deepEqual(outs, {
    byteLength: 8,
    prefix: "p-",
    keepers: { a: "b" },
    b64Std: `p-${bytes.toString("base64")}`,
    b64Url: `p-${id}`,
    hex: `p-${bytes.toString("hex")}`,
    dec: `p-${BigInt(`0x${bytes.toString("hex")}`)}`,
  });
});

test("RandomUuid gives a UUID as result and id", async () => {
  const { id, outs } = await create("RandomUuid", {});
  assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(outs.result, id);
});

test("RandomPassword's result is secret, its id says nothing, its defaults are written down", async () => {
  const { id, outs } = await create("RandomPassword", { length: 20 });
  assert.equal(id, "none");
  const result = unwrap(outs.result) as string;
  assert.equal(result.length, 20);
  assert.deepEqual(outs, {
    length: 20,
    lower: true,
    upper: true,
    numeric: true,
    number: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
    result: secret(result),
  });
});

test("RandomString's result is its id", async () => {
  const { id, outs } = await create("RandomString", { length: 12, special: false, number: false });
  assert.match(id, /^[A-Za-z]{12}$/);
  assert.equal(outs.result, id);
  assert.equal(outs.numeric, false);
});

test("texts follow their rules", () => {
  const least = fc.integer({ min: 0, max: 4 });
  const rules = fc.record({
    length: fc.integer({ min: 16, max: 40 }),
    lower: fc.boolean(),
    upper: fc.boolean(),
    numeric: fc.constant(true),
    special: fc.boolean(),
    minLower: least,
    minUpper: least,
    minNumeric: least,
    minSpecial: least,
    overrideSpecial: fc.constantFrom("_%@", "."),
  });
  fc.assert(
    fc.property(rules, (rule) => {
      assert.equal(impossible(rule), undefined);
      const text = randomText(rule);
      const count = (characters: RegExp): number => text.match(characters)?.length ?? 0;
      assert.equal(text.length, rule.length);
      const classes = [
        [/[a-z]/g, rule.lower, rule.minLower],
        [/[A-Z]/g, rule.upper, rule.minUpper],
        [/[0-9]/g, rule.numeric, rule.minNumeric],
        [/[_%@.]/g, rule.special, rule.minSpecial],
      ] as const;
      for (const [characters, allowed, minimum] of classes) {
        assert.ok(allowed ? count(characters) >= minimum : count(characters) === minimum);
      }
      assert.equal(
        classes.reduce((sum, [characters]) => sum + count(characters), 0),
        rule.length,
      );
    }),
  );
});

test("required characters are not always at the start", () => {
  const rule = { length: 8, lower: true, upper: true, numeric: true, special: true };
  const texts = Array.from({ length: 60 }, () =>
    randomText({
      ...rule,
      upper: false,
      numeric: false,
      special: false,
      minLower: 0,
      minUpper: 0,
      minNumeric: 1,
      minSpecial: 0,
    }),
  );
  // All 60 digits at one place: a chance of one in 8^59.
  assert.ok(new Set(texts.map((text) => text.search(/\d/))).size > 1);
});

test("check refuses what can't be, and what is not supported", async () => {
  assert.deepEqual(await refused("RandomPassword", {}), ["length: is required"]);
  assert.deepEqual(await refused("RandomId", { byteLength: 0 }), ["byteLength: has to be a whole number of 1 or more"]);
  assert.match(
    (await refused("RandomString", { length: 4, minLower: 3, minUpper: 2 }))[0] ?? "",
    /^length: is 4, less than .* \(5\)$/,
  );
  assert.match(
    (await refused("RandomString", { length: 4, lower: false, upper: false, numeric: false, special: false }))[0] ?? "",
    /^length: can't/,
  );
  assert.match(
    (await refused("RandomString", { length: 4, numeric: true, number: false }))[0] ?? "",
    /^number: is the old name/,
  );
  assert.match((await refused("RandomUuid", { seed: "x" }))[0] ?? "", /^seed: not supported .* supported: keepers$/);
  assert.match((await refused("RandomPet", {}))[0] ?? "", /RandomPet is not supported by this stand-in/);
  assert.deepEqual(await refused("RandomString", { length: UNKNOWN }), []);
});

test("every changed input replaces, an absent default does not", async () => {
  const { outs } = await create("RandomString", { length: 4, keepers: { a: "1" } });
  const diff = async (news: Properties): Promise<unknown> => {
    const { inputs } = await provider.check(urn("RandomString"), {}, news);
    return provider.diff("id", urn("RandomString"), outs, inputs);
  };
  assert.deepEqual(await diff({ length: 4, keepers: { a: "1" } }), { changes: false, replaces: [] });
  assert.deepEqual(await diff({ length: 4, keepers: { a: "2" } }), { changes: true, replaces: ["keepers"] });
  assert.deepEqual(await diff({ length: 5, keepers: { a: "1" } }), { changes: true, replaces: ["length"] });
});
