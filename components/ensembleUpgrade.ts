import * as pulumi from "@pulumi/pulumi";
import { scriptCommand } from "./scriptCommand.ts";
import type { DeployerKey } from "./deployerKey.ts";
import type { EnsembleUpgradeSpec } from "../model/specs/ensembleUpgradeSpec.ts";
import { memberFiles, memberSpec, type ServiceSettings } from "./memberSpec.ts";
import { INSTALL_SCRIPT } from "../model/render/machinePaths.ts";
import type { NodePlan } from "../model/render/node.ts";
import type { NodeFile } from "../model/render/nodeFile.ts";

/** Arguments of {@link EnsembleUpgrade}. */
export interface EnsembleUpgradeArgs extends ServiceSettings {
  /** The members whose ZooKeeper servers run beside brokers. */
  readonly plans: readonly NodePlan[];
  /** The key that deploys. */
  readonly deployerKey: DeployerKey;
  /**
   * The host keys of the members that live, by name, in the update that upgrades them; undefined in every other. They are
   * the last deployment's, since the members' own outputs wait for this upgrade.
   */
  readonly hostKeys: Readonly<Record<string, string>> | undefined;
}

/**
 * Upgrades the ZooKeeper servers that run beside brokers, one after the other, before any broker is: a member's own apply
 * would take both services of its machine at once. In an update that upgrades nothing it changes nothing.
 */
export class EnsembleUpgrade extends pulumi.ComponentResource {
  /** Done when all servers run the version: for dependencies. */
  readonly upgraded: pulumi.Resource;

  constructor(name: string, args: EnsembleUpgradeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:EnsembleUpgrade", name, {}, opts);
    const { plans, deployerKey, hostKeys, ...settings } = args;
    const servers = Object.entries(hostKeys ?? {}).flatMap(([name, hostKey]) =>
      plans
        .filter((plan) => plan.name === name)
        // The member without its broker: the rest is the broker's own upgrade.
        .map((plan) => {
          const { brokerId: _, ...server } = plan;
          return memberSpec(server, settings, { files: memberFiles(plan, settings).apply(ofZooKeeper), hostKey });
        }),
    );
    const spec = pulumi.all(servers).apply((servers): EnsembleUpgradeSpec => ({ servers }));
    this.upgraded = scriptCommand(
      `${name}-servers`,
      {
        create: "ensemble upgrade",
        update: "ensemble upgrade",
        spec,
        secrets: deployerKey.secrets,
      },
      { parent: this, ignoreChanges: hostKeys ? [] : ["environment", "stdin"] },
    );
    this.registerOutputs({});
  }
}

/** What a ZooKeeper server reads at its start, and what installs its distribution. */
function ofZooKeeper(files: readonly NodeFile[]): NodeFile[] {
  return files.filter(({ path, restarts }) => path === INSTALL_SCRIPT || restarts.includes("zookeeper"));
}
