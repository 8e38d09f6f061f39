import { DeployerKey } from "../../../components/deployerKey.ts";
import { KafkaCluster } from "../../../components/kafkaCluster.ts";
import { LocalPlatform } from "../../../components/local/localPlatform.ts";
import { localSite } from "../../../components/local/localSettings.ts";
import { type NodePlan } from "../../../components/render/node.ts";
import { planMembers } from "../../../components/render/members.ts";
import { checkSettings } from "../../../components/settings.ts";
import { ZooKeeperEnsemble } from "../../../components/zooKeeperEnsemble.ts";
import { deploy, type Printed, type Recorded } from "./deploy.ts";

/** What the commands of a program with these members print. */
export function printedFor(plans: readonly NodePlan[]): Printed {
  const machines = plans.flatMap(({ name }): [string, unknown][] => [
    [`${name}-volume`, { volumeId: `${name}-volume-id` }],
    [`${name}-machine`, { machineId: `${name}-uuid`, hostKey: `ssh-ed25519 ${name}` }],
  ]);
  return {
    "deployer-pair": { privateKey: "PRIVATE", publicKey: "ssh-ed25519 PUBLIC" },
    "local-network": { bridge: "kc-test", gateway: "10.0.0.1/24" },
    "local-image": { fingerprint: "f1" },
    "local-distribution": { name: "kafka_2.13-3.9.2", file: "/cache/kafka_2.13-3.9.2-1.tar", sha512: "abc" },
    ...Object.fromEntries(machines),
  };
}

/** Deploys the part of the program below the verification, from raw settings, with the mocks of {@link deploy}. */
export async function deployCluster(
  raw: Record<string, unknown>,
  deployed: readonly string[] = [],
): Promise<readonly Recorded[]> {
  const settings = checkSettings(raw);
  if (settings.platform !== "local") throw new Error("deployCluster is for the platform local");
  const plans = planMembers(settings, localSite(settings).subnets);
  return deploy(() => {
    const shared = {
      platform: new LocalPlatform("local", {
        stack: "test",
        subnet: settings.subnet,
        version: settings.kafkaVersion,
        machine: settings.machine,
      }),
      deployerKey: new DeployerKey("deployer"),
      plans,
      deployed: new Set(deployed),
      brokerCount: settings.brokerCount,
      brokerProperties: settings.brokerProperties,
      heap: settings.heap,
    };
    const ensemble = new ZooKeeperEnsemble("zookeeper", shared);
    new KafkaCluster("kafka", { ...shared, ensemble });
  }, printedFor(plans));
}
