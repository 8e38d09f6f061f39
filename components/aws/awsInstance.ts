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

/**
 * The path under which udev shows an EBS volume on the Nitro System: its NVMe serial number is the volume's id without
 * its hyphen. https://docs.aws.amazon.com/ebs/latest/userguide/identify-nvme-ebs-device.html
 */
export function devicePath(volumeId: string): string {
  return `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace("-", "")}`;
}
