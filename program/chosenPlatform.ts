import * as pulumi from "@pulumi/pulumi";
import type { Architecture } from "../model/aws/awsFacts.ts";
import { chooseSite as chooseAwsSite } from "../model/aws/awsSite.ts";
import { userDataProblems } from "../model/aws/awsUserData.ts";
import type { DeployerKey, OwnKey } from "../components/deployerKey.ts";
import { formatProblems, SettingsError } from "../model/kafka/problem.ts";
import type { Infrastructure } from "../model/livingCluster.ts";
import { LocalPlatform } from "../components/local/localPlatform.ts";
import { localSite } from "../model/settings/localSettings.ts";
import type { Platform } from "../components/platform.ts";
import type { Site } from "../model/site.ts";
import { assemblyKey } from "../scripts/distribution/assemble.ts";
import { imageKey } from "../scripts/setup/imageRecipe.ts";
import type { Settings } from "../model/settings/settings.ts";

/** A site, and how to make the platform there. */
export interface ChosenSite extends Site {
  readonly createPlatform: (deployerKey: DeployerKey, opts?: pulumi.ComponentResourceOptions) => Platform;
}

/**
 * Finds out where the platform's machines will stand; makes nothing.
 *
 * @param last what the last deployment left; absent before the first one
 * @param ownKey the user's own key pair; absent when one is made
 * @throws pulumi.RunError with every problem found
 */
export async function chooseSite(
  settings: Settings,
  last: Infrastructure | undefined,
  ownKey: OwnKey | undefined,
): Promise<ChosenSite> {
  const { kafkaVersion: version } = settings;
  const stack = pulumi.getStack();
  switch (settings.platform) {
    case "local": {
      const { subnet, machine } = settings;
      return {
        ...localSite(settings),
        createPlatform: (_deployerKey, opts) => {
          const keys = { imageKey: imageKey(), assemblyKey: assemblyKey(version) };
          return new LocalPlatform("local", { stack, subnet, version, machine, ...keys }, opts);
        },
      };
    }
    case "aws": {
      // Loaded only here: the SDK of AWS costs as much time as all the rest.
      const [{ AwsPlatform }, { askAws, newestImage, reason }, { askRoom, roomProblems }] = await Promise.all([
        import("../components/aws/awsPlatform.ts"),
        import("../components/aws/askAws.ts"),
        import("../components/aws/takenAddresses.ts"),
      ]);
      const refuse = (error: unknown): never => {
        throw new pulumi.RunError(
          "AWS can't be asked: set aws:region to your region, and give credentials by the environment, aws:profile or " +
            `a role. AWS's provider says: ${reason(error)}`,
        );
      };
      const facts = await askAws(settings, last).catch(refuse);
      const newest = (architecture: Architecture): Promise<string> => newestImage(architecture).catch(refuse);
      const site = await chooseAwsSite(settings, facts, last, newest).catch((error: unknown) => {
        throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
      });
      const rooms = await askRoom(settings, site, facts, { stack, isFirst: last === undefined }).catch(refuse);
      const problems = [...roomProblems(rooms), ...userDataProblems(settings, site, ownKey?.publicKey)];
      if (problems.length > 0) throw new pulumi.RunError(formatProblems(problems));
      for (const [image, why] of Object.entries(site.gone)) {
        void pulumi.log.warn(
          `image ${image} is in use and no machine can be made of it any more: name another one (docs/aws.md). AWS says: ${why}`,
        );
      }
      return {
        ...site,
        createPlatform: (deployerKey, opts) =>
          new AwsPlatform("aws", { ...settings, stack, site, version, deployerKey }, opts),
      };
    }
    default:
      return settings satisfies never;
  }
}
