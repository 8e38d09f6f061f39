import type { ComponentResource, Input, Output, Resource } from "@pulumi/pulumi";
import type { Reach } from "../model/reach.ts";
import type { BlockDevice } from "../model/render/dataVolume.ts";
import type { HostSettings, NodePlan } from "../model/render/node.ts";
import type { Service } from "../model/render/nodeFile.ts";

/** Where a member gets Kafka's binary archive from. */
export interface Distribution {
  /** Name of the archive's top folder and of the folder below /opt, for example `kafka_2.13-3.9.2`. */
  readonly name: string;
  /** URL that curl on the machine can read (`https:`, or `file:` for a mounted folder). */
  readonly url: Output<string>;
  /** SHA-512 of the archive in lower-case hexadecimal. */
  readonly sha512: Output<string>;
  /**
   * Archives of the services' classes, by the paths at which a machine may have them: a service starts without one that is
   * not there, or of another JVM. Absent where the platform gives none.
   */
  readonly classData?: Output<Readonly<Record<Service, string>>>;
}

/** A data volume that outlives the machine it is attached to. */
export interface DataVolume {
  /** The resource that holds it, for dependencies. */
  readonly resource: Resource;
  /** The platform's own identifier, for example an EBS volume id. */
  readonly volumeId: Output<string>;
  /**
   * The block device that the machine sees, for the install script to format and mount; absent where the platform
   * mounts the volume itself.
   */
  readonly device?: Output<BlockDevice>;
}

/** What a member asks of its platform for one machine. */
export interface MachineArgs {
  /** cloud-init user data. A change of it alone never replaces or reboots the machine. */
  readonly userData: Input<string>;
  /** The member's data volume, mounted at `DATA_MOUNT` (render/paths.ts) before services start. */
  readonly volume: DataVolume;
}

/** A machine: an address, a data volume, cloud-init user data and SSH. */
export interface Machine {
  /** Changes exactly when the machine is another one. */
  readonly machineId: Output<string>;
  /** SSH host key as in known_hosts without the host: `ssh-ed25519 AAAA…`, learned over a trusted channel. */
  readonly hostKey: Output<string>;
  /** The resource that represents it, for dependencies. */
  readonly resource: Resource;
}

/**
 * What a platform gives. It makes machines and nothing else: all that stands above a machine is the same code on
 * every platform.
 */
export interface Platform {
  readonly distribution: Distribution;
  /** What the machines' operating system is. */
  readonly host: HostSettings;
  /** How the deployer gets to the machines. */
  readonly reach: Output<Reach>;
  /**
   * Makes a member's data volume.
   * @param plan the member
   * @param parent the member's component
   */
  createVolume(plan: NodePlan, parent: ComponentResource): DataVolume;
  /**
   * Makes a member's machine.
   * @param plan the member: its name is also the host name, its address is fixed
   * @param dependsOn what has to be done before the machine is made, replaced or deleted
   */
  createMachine(plan: NodePlan, args: MachineArgs, parent: ComponentResource, dependsOn: readonly Resource[]): Machine;
}
