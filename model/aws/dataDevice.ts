/** Under which name EC2 attaches a data volume; on the Nitro System the machine sees it as an NVMe device. */
export const DATA_DEVICE = "/dev/sdf";

/**
 * The path under which udev shows an EBS volume on the Nitro System: its NVMe serial number is the volume's id without
 * its hyphen. https://docs.aws.amazon.com/ebs/latest/userguide/identify-nvme-ebs-device.html
 */
export function devicePath(volumeId: string): string {
  return `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace("-", "")}`;
}
