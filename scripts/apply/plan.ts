import { brokerDefinitions } from "../../model/kafka/definitions.ts";
import { propertyChange } from "../../model/kafka/dynamicChange.ts";
import { isNewer } from "../../model/kafka/versions.ts";
import { phaseOf } from "../../model/render/brokerSecurity.ts";
import { phaseProblems } from "../../model/security/phase.ts";
import type { ApplySpec } from "../../model/specs/applySpec.ts";
import type { NodeFile, Service } from "../../model/render/nodeFile.ts";
import { UserError } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";
import { type SettledState, settledState } from "./steady.ts";
import { recall, type Running, runningWith } from "./started.ts";

/** What an apply has to do with a service. */
export type Action =
  | { readonly kind: "none" }
  /** It does not run. */
  | { readonly kind: "start" }
  /** It takes these properties while it runs. */
  | { readonly kind: "alter"; readonly set: Readonly<Record<string, string>> }
  | { readonly kind: "restart"; readonly because: string };

/** What an apply has to do with a service, and with what it runs before and after. */
export interface Plan extends ObservedService {
  readonly action: Action;
  readonly after: Running;
}

/**
 * Plans what to do with each service of the member, in the order in which they start.
 *
 * @param differing the files that are to be written
 * @param observed what {@link observeServices} has found
 */
export function planServices(
  spec: ApplySpec,
  differing: readonly NodeFile[],
  observed: readonly ObservedService[],
): Plan[] {
  return observed.map(({ service, state, before }) => {
    const after = runningWith(service, spec.files);
    refuseOlderProtocol(spec, before, after);
    if (service === "kafka" && before) refuseFarPhase(spec, before);
    const reads = differing.some(({ restarts }) => restarts.includes(service));
    return { service, state, before, after, action: decide(spec, service, { ...state, reads }, before, after) };
  });
}

/** A service as it is found. */
export interface ObservedService {
  readonly service: Service;
  readonly state: SettledState;
  /** With what it runs, as far as the machine knows. */
  readonly before: Running | undefined;
}

/** Looks at each service of the member, in the order in which they start. */
export function observeServices(ssh: Ssh, { name, services }: ApplySpec): Promise<ObservedService[]> {
  return Promise.all(
    services.map(async (service) => {
      // After the state: what is remembered follows a restart that is under way.
      const state = await settledState(ssh, name, service);
      return { service, state, before: await recall(ssh, service) };
    }),
  );
}

const PROTOCOL = "inter.broker.protocol.version";

/** An update that failed may have left brokers with a protocol that the last deployment does not know of. */
function refuseOlderProtocol({ name }: ApplySpec, before: Running | undefined, { properties }: Running): void {
  const [spoken, wanted] = [before?.properties[PROTOCOL], properties[PROTOCOL]];
  if (spoken === undefined || wanted === undefined || !isNewer(spoken, wanted)) return;
  throw new UserError(
    `${name}: its broker speaks protocol ${spoken} already, and what it has written since ${wanted} can't read: ` +
      `set interBrokerProtocolVersion to ${spoken}, with a version of Kafka that has it`,
  );
}

/** The same of how far it is secured: what the broker runs with has to be the phase of this update, or one beside it. */
function refuseFarPhase({ name, security }: ApplySpec, { properties }: Running): void {
  const runs = phaseOf(properties);
  if (phaseProblems(runs, security).length === 0) return;
  throw new UserError(
    `${name}: its broker is ${runs} already, from an update that failed, and ${security} is more than one step from that: ` +
      `set security to ${runs}, and let that update succeed first`,
  );
}

function decide(
  spec: ApplySpec,
  service: Service,
  { active, restarts, looping, hash, reads }: SettledState & { readonly reads: boolean },
  before: Running | undefined,
  after: Running,
): Action {
  if (active === "inactive" || active === "failed") return { kind: "start" };
  // It ends again and again, and would go on so with files that it did not read at its start.
  if (looping && reads) return { kind: "restart", because: `systemd has started it again ${restarts} times` };
  // Between two restarts by systemd: it is started anew, with the files of now.
  if (active !== "active") return { kind: "restart", because: `systemd is ${active} it` };
  if (hash === after.hash) return { kind: "none" };
  if (service === "zookeeper" || before?.hash !== hash || before.rest !== after.rest) {
    return { kind: "restart", because: "files that it reads at its start are others" };
  }
  const change = propertyChange(brokerDefinitions(spec.kafkaVersion), before.properties, after.properties);
  return change.kind === "dynamic"
    ? { kind: "alter", set: change.set }
    : { kind: "restart", because: `${change.because.join(", ")} can't be changed while it runs` };
}
