import type * as aws from "@pulumi/aws";

/** Credentials and user data only by session tokens (IMDSv2), and only for the machine itself: no hop beyond it. */
export const METADATA_OPTIONS: aws.types.input.ec2.InstanceMetadataOptions = {
  httpEndpoint: "enabled",
  httpTokens: "required",
  httpPutResponseHopLimit: 1,
};

/** GiB of a member's root volume: system, distribution, logs of at most 2 × 0.6 GB, room for upgrades. */
export const MEMBER_ROOT_GIB = 20;
/** GiB of the bastion's root volume. */
export const BASTION_ROOT_GIB = 8;

/**
 * An encrypted root volume.
 *
 * @param sizeGiB GiB
 * @param kmsKeyId ARN of the key. @default the account's key for EBS
 */
export function rootBlockDevice(
  sizeGiB: number,
  kmsKeyId: string | undefined,
  tags: Record<string, string>,
): aws.types.input.ec2.InstanceRootBlockDevice {
  return {
    volumeType: "gp3",
    volumeSize: sizeGiB,
    encrypted: true,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    tags,
  };
}
