import { basename } from "node:path";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { scriptCommand } from "../scriptCommand.ts";
import * as random from "@pulumi/random";
import { spaceName } from "../../model/local/names.ts";
import type { KafkaVersion } from "../../model/kafka/versions.ts";
import type { DataVolume, Distribution, Machine, MachineArgs, Platform } from "../platform.ts";
import type { Reach } from "../../model/reach.ts";
import type { HostSettings, NodePlan } from "../../model/render/node.ts";
import { classDataPaths } from "../../model/local/classData.ts";
import { localScript, scriptResult } from "./localScript.ts";
import { MACHINE_TRIGGERS } from "../../model/local/machineTriggers.ts";
import { DISTRIBUTIONS_MOUNT } from "../../model/local/mounts.ts";

/** Arguments of {@link LocalPlatform}. All but the machine's size shape the graph, so they are plain values. */
export interface LocalPlatformArgs {
  /** The stack's name: names the project, storage pool and bridge on this computer. */
  readonly stack: string;
  /** IPv4 network of the machines in CIDR notation; its first host address is this computer's. */
  readonly subnet: string;
  /** The version of Kafka whose distribution the machines get. */
  readonly version: KafkaVersion;
  /** Key of the recipe that the machines' image is made by: another one gives new machines. */
  readonly imageKey: string;
  /** Key of the way in which the distribution is put together where it has to be: another one makes the archive anew. */
  readonly assemblyKey: string;
  /** Size of a machine; changed while it runs. */
  readonly machine: {
    /** Processor cores. @default all of the computer's */
    readonly cpus?: number;
    /** Memory, for example `1GiB`. @default no limit */
    readonly memory?: string;
    /** Size of its data volume, in GiB. @default none: it shares this computer's disk */
    readonly volumeSizeGiB?: number;
  };
}

/**
 * Machines on this computer: unprivileged system containers of LXD or Incus, booted by cloud-init from a Debian image,
 * on a bridge of their own.
 */
export class LocalPlatform extends pulumi.ComponentResource implements Platform {
  readonly distribution: Distribution;
  // A container has the kernel and the clock of this computer.
  readonly host: HostSettings = { ownKernel: false };
  readonly reach = pulumi.output<Reach>({ via: "link" });
  /** Random identifier of this deployment, the ownership marker of all that it makes. */
  readonly deployment: pulumi.Output<string>;

  readonly #args: LocalPlatformArgs;
  readonly #owner: { readonly space: string; readonly deployment: pulumi.Output<string> };
  readonly #space: command.local.Command;
  readonly #network: command.local.Command;
  readonly #image: command.local.Command;
  readonly #archive: command.local.Command;

  constructor(name: string, args: LocalPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:local:LocalPlatform", name, {}, opts);
    this.#args = args;

    this.deployment = new random.RandomId(`${name}-deployment`, { byteLength: 8 }, { parent: this }).hex;
    this.#owner = { space: spaceName(args.stack), deployment: this.deployment };
    this.#space = localScript(`${name}-space`, "space", this.#owner, { parent: this });
    const inSpace = { parent: this, dependsOn: [this.#space] };
    this.#network = localScript(`${name}-network`, "network", { ...this.#owner, subnet: args.subnet }, inSpace, {
      triggers: [args.subnet],
    });
    // Updated, not replaced, when its recipe changes: each machine is replaced in its turn by the new fingerprint.
    const key = args.imageKey;
    this.#image = localScript(`${name}-image`, "image", { ...this.#owner, key }, inSpace);
    this.#archive = scriptCommand(
      `${name}-distribution`,
      {
        create: "distribution create",
        // The key only says that what the archive is assembled from has changed.
        environment: { KAFKA_VERSION: args.version.version, ASSEMBLY_KEY: args.assemblyKey },
      },
      { parent: this },
    );

    const archive = scriptResult(this.#archive, "file").apply((file) => basename(file));
    this.distribution = {
      name: args.version.name,
      url: archive.apply((archive) => `file://${DISTRIBUTIONS_MOUNT}/${archive}`),
      sha512: scriptResult(this.#archive, "sha512"),
      classData: archive.apply((archive) => classDataPaths(archive, key)),
    };
    this.registerOutputs({ deployment: this.deployment, distribution: this.distribution, reach: this.reach });
  }

  createVolume({ name }: NodePlan, parent: pulumi.ComponentResource): DataVolume {
    const { volumeSizeGiB } = this.#args.machine;
    const resource = localScript(
      `${name}-volume`,
      "volume",
      { ...this.#owner, volume: name, ...(volumeSizeGiB !== undefined && { sizeGiB: volumeSizeGiB }) },
      { parent, dependsOn: [this.#space] },
    );
    return { resource, volumeId: scriptResult(resource, "volumeId") };
  }

  createMachine(
    { name, address }: NodePlan,
    args: MachineArgs,
    parent: pulumi.ComponentResource,
    dependsOn: readonly pulumi.Resource[],
  ): Machine {
    const image = scriptResult(this.#image, "fingerprint");
    const spec = {
      ...this.#owner,
      machine: name,
      address,
      volume: args.volume.volumeId,
      image,
      ...this.#args.machine,
    };
    const triggers: Record<(typeof MACHINE_TRIGGERS)[number], pulumi.Input<string>> = {
      image,
      address,
      gateway: scriptResult(this.#network, "gateway"),
      // A volume that is made anew goes after its machine, whose services were stopped before.
      "data volume": args.volume.volumeId,
    };
    const resource = localScript(
      `${name}-machine`,
      "machine",
      spec,
      {
        parent,
        dependsOn: [this.#network, this.#archive, args.volume.resource, ...dependsOn],
        // cloud-init reads it at the first boot alone; ever after, the apply Command carries the same files.
        ignoreChanges: ["environment.USER_DATA"],
      },
      {
        environment: { USER_DATA: args.userData },
        triggers: MACHINE_TRIGGERS.map((trigger) => triggers[trigger]),
      },
    );
    return { resource, machineId: scriptResult(resource, "machineId"), hostKey: scriptResult(resource, "hostKey") };
  }
}
