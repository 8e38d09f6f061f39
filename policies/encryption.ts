import { type CheckedResource, list, record, type Rule, shown } from "./rule.ts";

/** Block devices of a resource, each with the property that says whether it is encrypted. */
function blockDevices({ type, props }: CheckedResource): readonly (readonly [path: string, encrypted: unknown])[] {
  switch (type) {
    case "aws:ebs/volume:Volume":
      return [["encrypted", props.encrypted]];
    case "aws:ec2/instance:Instance":
      return [
        // Without it, the image says whether the root volume is encrypted, and most images are not.
        ["rootBlockDevice.encrypted", record(props.rootBlockDevice)?.encrypted],
        ...list(props.ebsBlockDevices).map(
          (device, index) => [`ebsBlockDevices[${index}].encrypted`, record(device)?.encrypted] as const,
        ),
      ];
    case "aws:ec2/launchTemplate:LaunchTemplate": {
      const mappings = list(props.blockDeviceMappings);
      if (mappings.length === 0) return [["blockDeviceMappings", undefined]];
      return mappings.flatMap((mapping, index) => {
        // An instance store has no `ebs`.
        const ebs = record(record(mapping)?.ebs);
        return ebs ? [[`blockDeviceMappings[${index}].ebs.encrypted`, ebs.encrypted] as const] : [];
      });
    }
    default:
      return [];
  }
}

/** Encryption at rest of all that holds data on AWS. */
export const encryption: Rule = {
  name: "volumes-encrypted",
  description: "Every EBS volume and every block device of an instance or launch template is encrypted.",
  check: (resource) =>
    blockDevices(resource)
      // A launch template has it as a string.
      .filter(([, encrypted]) => encrypted !== true && encrypted !== "true")
      .map(([path, encrypted]) => `${resource.name}: ${path} is ${shown(encrypted)}; set it to true`),
};
