import type { Problem } from "../kafka/problem.ts";
import { renderUserData, userDataProblem } from "../render/cloudInit.ts";
import { planMembers } from "../render/members.ts";
import { type HostSettings, hostsBroker, renderNode } from "../render/node.ts";
import type { CommonSettings } from "../settings/settings.ts";
import { devicePath } from "./dataDevice.ts";
import type { AwsSettings } from "./awsSettings.ts";
import type { AwsSite } from "./awsSite.ts";

/** AWS's own time server: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-ec2-ntp.html */
export const AWS_HOST: HostSettings = { ownKernel: true, timeServer: "169.254.169.123", makesClassData: true };

/**
 * The members whose user data would be larger than EC2 takes: it is rendered with ids and checksums that are as long as
 * the real ones.
 *
 * @param deployKey public SSH key. @default as long as an ed25519 key
 */
export function userDataProblems(
  settings: CommonSettings & AwsSettings,
  site: AwsSite,
  deployKey = `ssh-ed25519 ${"A".repeat(68)} kafka-cluster`,
): Problem[] {
  const plans = planMembers(settings, site.subnets);
  const { kafkaVersion, brokerCount, brokerProperties, heap, jvmOptions, security } = settings;
  const ensemble = plans.flatMap(({ zookeeperId, address }) =>
    zookeeperId === undefined ? [] : [{ id: zookeeperId, address }],
  );
  const { url, sha512 } = settings.distribution ?? { url: kafkaVersion.archiveUrl, sha512: "0".repeat(128) };
  return plans.flatMap((plan) => {
    const { volume } = hostsBroker(plan) ? settings.machine.broker : settings.machine.zookeeper;
    const files = renderNode(plan, {
      ensemble,
      brokerCount,
      interBrokerProtocolVersion: settings.interBrokerProtocolVersion ?? kafkaVersion.protocol,
      security,
      brokerProperties,
      heap,
      jvmOptions,
      distribution: { name: kafkaVersion.name, url, sha512 },
      host: AWS_HOST,
      device: { path: devicePath("vol-0123456789abcdef0"), sizeGiB: volume.sizeGiB },
    });
    return userDataProblem(plan.name, renderUserData({ hostname: plan.name, files, deployKey })) ?? [];
  });
}
