import * as pulumi from "@pulumi/pulumi";
import type { EC2Client } from "@aws-sdk/client-ec2";
import { type AwsLogin, dryRun, ec2Client, type MachineRequest } from "./dryRun.ts";

/** What a machine is made of, as far as it is known when it is planned. */
export interface PlannedMachine {
  /** The member's name. */
  readonly member: string;
  readonly image: string;
  readonly instanceType: string;
  readonly rootGiB: number;
  readonly rootDevice?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kmsKeyId?: string;
  readonly subnetId: pulumi.Input<string>;
  readonly securityGroupIds: readonly pulumi.Input<string>[];
  readonly placementGroup?: pulumi.Input<string>;
  /** Network interface of the member; not known before it is made. */
  readonly interfaceId: pulumi.Output<string>;
  /** Whether a machine with no fewer vCPUs goes first. */
  readonly freesVcpus: boolean;
}

/** What {@link MachineRoom} is told. */
export interface MachineRoomArgs {
  readonly region: string;
  readonly login: AwsLogin;
  /** Why no machine can be made of an image, by its id. */
  readonly gone: Readonly<Record<string, string>>;
}

/**
 * Asks in a preview whether the machines that are planned can be made, since one that is replaced goes before the new one
 * comes. It asks for those alone that will be made, which only the engine knows: in a hook of theirs.
 */
export class MachineRoom {
  readonly #args: MachineRoomArgs;
  #client: Promise<EC2Client> | undefined;

  constructor(args: MachineRoomArgs) {
    this.#args = args;
  }

  /** The hook of a member's machine. */
  hook(machine: PlannedMachine): pulumi.ResourceHook {
    let known: MachineRequest | undefined;
    let hasAddress = false;
    // Nothing is applied to what a preview does not know yet.
    pulumi
      .all([machine.subnetId, pulumi.all([...machine.securityGroupIds]), machine.placementGroup])
      .apply(([subnetId, securityGroupIds, placementGroup]) => {
        const { image, instanceType, rootGiB, rootDevice, kmsKeyId, tags } = machine;
        known = {
          ...{ image, instanceType, rootGiB, tags, subnetId, securityGroupIds },
          ...(rootDevice !== undefined && { rootDevice }),
          ...(kmsKeyId !== undefined && { kmsKeyId }),
          ...(placementGroup !== undefined && { placementGroup }),
        };
      });
    machine.interfaceId.apply(() => {
      hasAddress = true;
    });
    return new pulumi.ResourceHook(
      `${machine.member}-room`,
      async () => {
        // In the update itself the machine that goes has gone.
        if (!pulumi.runtime.isDryRun()) return;
        const why = this.#args.gone[machine.image];
        if (why !== undefined) throw new Error(refusal(machine, why));
        if (known) await this.#ask(machine, known, hasAddress);
      },
      { onDryRun: true },
    );
  }

  async #ask(machine: PlannedMachine, request: MachineRequest, hasAddress: boolean): Promise<void> {
    const { region, login } = this.#args;
    const unclear = (reason: string): Promise<void> =>
      pulumi.log.warn(`EC2 was not asked whether a machine for ${machine.member} can be made: ${reason}`);
    if (login.foreign !== undefined) {
      return unclear(`${login.foreign} is the provider's own; profiles and the environment are followed`);
    }
    this.#client ??= ec2Client(region, login);
    const verdict = await dryRun(await this.#client, request, { hasAddress, freesVcpus: machine.freesVcpus });
    if ("refused" in verdict) throw new Error(refusal(machine, verdict.refused));
    if ("unclear" in verdict) await unclear(verdict.unclear);
  }
}

function refusal({ member, image, instanceType }: PlannedMachine, reason: string): string {
  return (
    `a machine for ${member} (image ${image}, type ${instanceType}) can't be made, so nothing is touched. EC2 says: ${reason}. ` +
    "Another image stands in aws.images, another type in machine"
  );
}
