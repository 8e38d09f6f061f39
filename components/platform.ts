import type { ComponentResource, Input, Output, Resource } from "@pulumi/pulumi";

/** Where a member gets Kafka's binary archive from. */
export interface Distribution {
  /** Name of the archive's top folder and of the folder below /opt, for example `kafka_2.13-3.9.2`. */
  readonly name: string;
  /** URL that curl on the machine can read (`https:`, or `file:` for a mounted folder). */
  readonly url: Output<string>;
  /** SHA-512 of the archive in lower-case hexadecimal. */
  readonly sha512: Output<string>;
}

/** A data volume that outlives the machine it is attached to. */
export interface DataVolume {
  /** The resource that holds it, for dependencies. */
  readonly resource: Resource;
  /** The platform's own identifier, for example an EBS volume id. */
  readonly volumeId: Output<string>;
}

/** What a member asks of its platform for one machine. */
export interface MachineArgs {
  /** Fixed IPv4 address in the cluster's subnet. */
  readonly address: string;
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
  /** Whether members' addresses are on a network of this computer that the platform itself makes and removes. */
  readonly onLink: boolean;
  /**
   * Makes a member's data volume.
   * @param name the member's name, for example `kafka-1`
   * @param parent the member's component
   */
  createVolume(name: string, parent: ComponentResource): DataVolume;
  /**
   * Makes a member's machine.
   * @param name the member's name, also its host name
   * @param dependsOn what has to be done before the machine is made, replaced or deleted
   */
  createMachine(name: string, args: MachineArgs, parent: ComponentResource, dependsOn: readonly Resource[]): Machine;
}
