import { changedInputs, checkKinds, type Failure } from "./inputs.ts";
import { typeOf } from "../model/urn.ts";
import { TLS_TYPES, type TlsType } from "./tlsTypes.ts";
import { plainProperties, type Properties, secret, unwrap, UNKNOWN } from "../model/engineValues.ts";

const MS_PER_HOUR = 3_600_000;
/** The one input whose change keeps the certificate. */
const KEPT = "earlyRenewalHours";

/**
 * Stand-in for the provider plugin `tls` 5.6.1: PrivateKey, CertRequest, SelfSignedCert and LocallySignedCert as
 * documented, but for
 * - write-only keys (`privateKeyPemWo` and its like), which are refused;
 * - the curve P224 and RSA keys of less than 2048 bits, which are refused;
 * - `privateKeyOpenssh`, `publicKeyOpenssh` and the fingerprints of a PrivateKey, which are not given;
 * - `caCertPem` of no authority and a request with a false signature, which the official plugin lets pass.
 */
export class TlsProvider {
  readonly version = "5.6.1";
  readonly #now: () => Date;

  /** @param now the clock: certificates begin now, and are due for renewal by it */
  constructor(now = (): Date => new Date()) {
    this.#now = now;
  }

  async check(urn: string, _olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }> {
    const token = typeOf(urn);
    const type = TLS_TYPES[token];
    if (!type) {
      const reason = `${token} is not supported by this stand-in; supported: ${Object.keys(TLS_TYPES).join(", ")}`;
      return { inputs: news, failures: [{ property: "type", reason }] };
    }
    const failures = checkKinds(news, type.kinds);
    const given = plainProperties(news);
    for (const property of type.required) {
      if (given[property] === undefined) failures.push({ property, reason: "is required" });
    }
    const absent = Object.entries(type.defaults).filter(([name]) => given[name] === undefined);
    const inputs = { ...news, ...Object.fromEntries(absent) };
    // A preview checks what is there; the deployment checks again when all is known.
    if (failures.length === 0 && !containsUnknown(inputs)) {
      failures.push(...(await type.problems(plainProperties(inputs))));
    }
    return { inputs, failures };
  }

  /** Every input but `earlyRenewalHours` replaces, and so does a certificate's age. */
  diff(
    _id: string,
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[] }> {
    const changed = changedInputs(olds, news, Object.keys(TLS_TYPES[typeOf(urn)]?.kinds ?? {}));
    const replaces = changed.filter((name) => name !== KEPT);
    if (isDue(plainProperties(olds), plainProperties(news), this.#now())) replaces.push("readyForRenewal");
    return Promise.resolve({ changes: changed.length > 0 || replaces.length > 0, replaces });
  }

  async create(urn: string, inputs: Properties): Promise<{ id: string; outs: Properties }> {
    const type = TLS_TYPES[typeOf(urn)];
    // The check comes first and has refused it.
    if (!type) throw new Error(`unknown resource type ${typeOf(urn)}`);
    const { id, outputs } = await type.make(plainProperties(inputs), this.#now());
    return { id, outs: { ...hidden(type, inputs), ...outputs } };
  }

  /** Takes over `earlyRenewalHours`: everything else replaces, so the certificate is the old one. */
  update(_id: string, _urn: string, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
    return Promise.resolve({ outs: { ...olds, [KEPT]: news[KEPT] } });
  }
}

function hidden(type: TlsType, inputs: Properties): Properties {
  return type.secret === undefined ? inputs : { ...inputs, [type.secret]: secret(unwrap(inputs[type.secret])) };
}

/** Whether the new inputs' time for renewal has come. */
function isDue(olds: Properties, news: Properties, now: Date): boolean {
  const { validityEndTime } = olds;
  const early = news[KEPT];
  if (typeof validityEndTime !== "string" || typeof early !== "number") return false;
  return now.getTime() >= Date.parse(validityEndTime) - early * MS_PER_HOUR;
}

function containsUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === UNKNOWN;
  return Object.values(value).some(containsUnknown);
}
