import { randomBytes, randomUUID } from "node:crypto";
import { changedInputs, checkKinds, count, type Failure, FLAG, type Kind, TEXT, TEXT_MAP } from "./inputs.ts";
import { typeOf } from "../model/urn.ts";
import { impossible, randomText, type TextRules } from "./randomText.ts";
import { plainProperties, type Properties, secret, UNKNOWN } from "../model/engineValues.ts";

/** A resource type: what it takes, what is put in for what is absent, and how a value is made. */
interface RandomType {
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly required?: string;
  readonly defaults: Properties;
  readonly generate: (inputs: Properties) => { id: string; outputs: Properties };
}

const TEXT_KINDS: Readonly<Record<string, Kind>> = {
  keepers: TEXT_MAP,
  length: count(1),
  lower: FLAG,
  upper: FLAG,
  numeric: FLAG,
  number: FLAG,
  special: FLAG,
  minLower: count(0),
  minUpper: count(0),
  minNumeric: count(0),
  minSpecial: count(0),
  overrideSpecial: TEXT,
};

const TEXT_DEFAULTS = {
  lower: true,
  upper: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};

const TYPES: Readonly<Record<string, RandomType>> = {
  "random:index/randomId:RandomId": {
    kinds: { keepers: TEXT_MAP, byteLength: count(1), prefix: TEXT },
    required: "byteLength",
    defaults: {},
    generate: (inputs) => {
      const bytes = randomBytes(inputs.byteLength as number);
      const prefix = (inputs.prefix as string | undefined) ?? "";
      const hex = bytes.toString("hex");
      const b64Url = bytes.toString("base64url");
      return {
        // The id alone has no prefix.
        id: b64Url,
        outputs: {
          b64Std: prefix + bytes.toString("base64"),
          b64Url: prefix + b64Url,
          dec: prefix + BigInt(`0x${hex}`).toString(),
          hex: prefix + hex,
        },
      };
    },
  },
  "random:index/randomUuid:RandomUuid": {
    kinds: { keepers: TEXT_MAP },
    defaults: {},
    generate: () => {
      const result = randomUUID();
      return { id: result, outputs: { result } };
    },
  },
  "random:index/randomString:RandomString": {
    kinds: TEXT_KINDS,
    required: "length",
    defaults: TEXT_DEFAULTS,
    generate: (inputs) => {
      const result = randomText(inputs as unknown as TextRules);
      return { id: result, outputs: { result } };
    },
  },
  "random:index/randomPassword:RandomPassword": {
    kinds: TEXT_KINDS,
    required: "length",
    defaults: TEXT_DEFAULTS,
    // The id is not secret, so it says nothing.
    generate: (inputs) => ({
      id: "none",
      outputs: { result: secret(randomText(inputs as unknown as TextRules)) },
    }),
  },
};

/**
 * Stand-in for the provider plugin `random` 4.21.2: RandomId, RandomUuid, RandomString and RandomPassword as
 * documented, but for RandomPassword's `bcryptHash`, which is not given.
 */
export class RandomProvider {
  readonly version = "4.21.2";

  check(urn: string, _olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }> {
    const token = typeOf(urn);
    const type = TYPES[token];
    if (!type) {
      const reason = `${token} is not supported by this stand-in; supported: ${Object.keys(TYPES).join(", ")}`;
      return Promise.resolve({ inputs: news, failures: [{ property: "type", reason }] });
    }
    const failures = checkKinds(news, type.kinds);
    const plain = plainProperties(news);
    if (type.required && plain[type.required] === undefined) {
      failures.push({ property: type.required, reason: "is required" });
    }
    const inputs = { ...type.defaults, ...news };
    if (type.kinds === TEXT_KINDS) {
      // `number` is the old name of `numeric`.
      if (plain.number !== undefined && plain.numeric !== undefined && plain.number !== plain.numeric) {
        failures.push({ property: "number", reason: "is the old name of numeric and has to be the same" });
      }
      inputs.numeric = news.numeric ?? news.number ?? true;
      inputs.number = inputs.numeric;
      const rules = plainProperties(inputs);
      if (failures.length === 0 && !Object.values(rules).includes(UNKNOWN)) {
        const reason = impossible(rules as unknown as TextRules);
        if (reason) failures.push({ property: "length", reason });
      }
    }
    return Promise.resolve({ inputs, failures });
  }

  /** Every input replaces: a random value is never changed in place. */
  diff(
    _id: string,
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[] }> {
    const replaces = changedInputs(olds, news, Object.keys(TYPES[typeOf(urn)]?.kinds ?? {}));
    return Promise.resolve({ changes: replaces.length > 0, replaces });
  }

  create(urn: string, inputs: Properties): Promise<{ id: string; outs: Properties }> {
    const type = TYPES[typeOf(urn)];
    // The check comes first and has refused it.
    if (!type) return Promise.reject(new Error(`unknown resource type ${typeOf(urn)}`));
    const { id, outputs } = type.generate(plainProperties(inputs));
    return Promise.resolve({ id, outs: { ...inputs, ...outputs } });
  }
}
