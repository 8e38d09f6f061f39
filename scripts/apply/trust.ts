import type { ApplySpec } from "../../model/specs/applySpec.ts";
import { usesTls } from "../../model/security/phase.ts";
import type { Service } from "../../model/render/nodeFile.ts";
import { UserError } from "../lib/report.ts";
import { type Endpoint, type OpenSocket, whyClosed } from "../lib/sockets.ts";
import { endpointOf } from "./health.ts";

/** How long a broker may take to show its certificate, in milliseconds. One that does not is looked at by others. */
const ANSWER_TIMEOUT_MS = 5_000;

/** What Node.js says of a certificate that no authority has signed that it trusts (`X509_verify_cert_error_string`). */
const UNTRUSTED =
  /self.signed certificate|unable to verify|unable to get (local )?issuer|certificate signature failure/;

/**
 * Makes sure, before a service is restarted, that it will trust the others: with the authorities that it is about to get, as
 * the deployer has them already. An update that failed between two authorities may have left certificates of either.
 *
 * @throws UserError that names those that it would not trust
 */
export async function assertTrusted(spec: ApplySpec, openSocket: OpenSocket, service: Service): Promise<void> {
  // Before that they talk to each other without.
  if (!usesTls(spec.security)) return;
  const [own, all, what] =
    service === "kafka"
      ? [spec.brokerId, spec.brokers, "broker"]
      : [spec.zookeeperId, spec.ensemble, "ZooKeeper server"];
  const others = all.filter(({ id }) => id !== own);
  const reasons = await Promise.all(
    others.map(({ address }) => whyUntrusted(openSocket, endpointOf(spec, service, address))),
  );
  const found = others.flatMap(({ id }, index) =>
    reasons[index] === undefined ? [] : [`${what} ${id} (${reasons[index]})`],
  );
  if (found.length === 0) return;
  throw new UserError(
    `${spec.name}: with the authorities that it is about to get it would not trust ${found.join(", ")}. Let the update ` +
      "that brought their certificates succeed first; with own certificates, let authorities.pem hold the former authority as well",
  );
}

/** Why a server's certificate is not trusted; undefined when it is, or when there is none to see. */
async function whyUntrusted(openSocket: OpenSocket, to: Endpoint): Promise<string | undefined> {
  const message = (await whyClosed(openSocket, to, ANSWER_TIMEOUT_MS))?.message;
  return message !== undefined && UNTRUSTED.test(message) ? message : undefined;
}
