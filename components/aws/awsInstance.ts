import type * as aws from "@pulumi/aws";

/** Credentials and user data only by session tokens (IMDSv2), and only for the machine itself: no hop beyond it. */
export const METADATA_OPTIONS: aws.types.input.ec2.InstanceMetadataOptions = {
  httpEndpoint: "enabled",
  httpTokens: "required",
  httpPutResponseHopLimit: 1,
};

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
