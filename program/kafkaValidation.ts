import * as pulumi from "@pulumi/pulumi";
import { brokerDefinitions } from "../model/kafka/definitions.ts";
import { kafkasRefusal, withoutWhatIsElsewhere } from "../model/kafka/kafkasRefusal.ts";
import { formatProblems } from "../model/kafka/problem.ts";
import { brokerPlans } from "../model/render/members.ts";
import type { NodePlan } from "../model/render/node.ts";
import { parseProperties, renderProperties } from "../model/render/properties.ts";
import { renderServerProperties } from "../model/render/serverProperties.ts";
import type { Settings } from "../model/settings/settings.ts";
import { validateProperties, type Verdict } from "../scripts/distribution/validate.ts";

/**
 * Has Kafka itself judge the brokers' whole configuration, of which the program knows the properties one by one. Brokers
 * differ in id, address and rack alone, so the first one stands for all.
 *
 * Where Kafka can't be asked, for want of a JDK or of its distribution, what it refuses shows when the first broker is
 * started with it, and is taken back.
 *
 * @param protocol inter.broker.protocol.version
 * @param ask asks Kafka. @default its own classes on this computer
 * @throws pulumi.RunError with Kafka's own sentence and the values of the properties that it names
 */
export async function assertKafkaTakes(
  settings: Settings,
  plans: readonly NodePlan[],
  protocol: string,
  ask: (version: string, properties: string) => Promise<Verdict> = validateProperties,
): Promise<void> {
  const [broker] = brokerPlans(plans);
  // An archive of the user's own may hold another Kafka.
  if (!broker || (settings.platform === "aws" && settings.distribution)) return;
  const { version } = settings.kafkaVersion;
  const definitions = brokerDefinitions(version);
  const effective = parseProperties(
    renderServerProperties({
      id: broker.brokerId,
      address: broker.address,
      ...(broker.rack !== undefined && { rack: broker.rack }),
      ensemble: plans.flatMap(({ zookeeperId: id, address }) => (id === undefined ? [] : [{ id, address }])),
      protocol,
      brokerCount: settings.brokerCount,
      heap: settings.heap.broker,
      security: settings.security,
      properties: settings.brokerProperties,
    }),
  );
  const verdict = await ask(version, renderProperties(Object.entries(withoutWhatIsElsewhere(definitions, effective))));
  if (verdict.kind === "unknown") void pulumi.log.debug(`Kafka was not asked about broker properties: ${verdict.why}`);
  if (verdict.kind !== "refused") return;
  const problem = kafkasRefusal(version, verdict.reason, effective, settings.brokerProperties);
  throw new pulumi.RunError(formatProblems([problem]));
}
