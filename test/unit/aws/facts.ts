import type { AwsFacts } from "../../../components/aws/awsFacts.ts";

const ZONES = ["a", "b", "c"].map((letter) => `eu-central-1${letter}`);

function type(architecture: "arm64" | "x86_64", memoryGiB: number, zones: readonly string[] = ZONES) {
  return { architecture, memoryMiB: memoryGiB * 1024, nitro: true, zones };
}

/** What AWS says of a region with three zones. */
export const FACTS: AwsFacts = {
  region: "eu-central-1",
  zones: [
    { name: "eu-central-1a", id: "euc1-az2" },
    { name: "eu-central-1b", id: "euc1-az3" },
    { name: "eu-central-1c", id: "euc1-az1" },
  ],
  instanceTypes: {
    "t4g.nano": type("arm64", 0.5),
    "t4g.small": type("arm64", 2),
    "t4g.medium": type("arm64", 4),
    "m7g.large": type("arm64", 8),
    "m7g.xlarge": type("arm64", 16),
  },
  images: { "ami-00000000000000a64": "arm64", "ami-00000000000000b64": "arm64" },
  subnets: {
    "subnet-0000000a": {
      vpcId: "vpc-00000001",
      cidr: "10.40.0.0/24",
      zone: { name: "eu-central-1a", id: "euc1-az2" },
    },
  },
};
