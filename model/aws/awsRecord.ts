import type { AccessSettings } from "./accessRules.ts";

/** What an update on AWS has to know of the last one: kept with the stack's outputs. */
export interface AwsRecord {
  /** Who may connect: rules that go are deleted after those that come were made. */
  readonly access: AccessSettings;
  /** Network of the public subnets, which go after those that come; absent in a VPC that was there already. */
  readonly publicSubnet?: string;
  /** GiB of the root volume of each image in use, by its id: an image may be gone while its machines run on. */
  readonly rootGiB: Readonly<Record<string, number>>;
}
