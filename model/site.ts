import type { Infrastructure } from "./livingCluster.ts";
import type { MemberSubnet } from "./render/subnets.ts";

/** Where a platform's machines will stand: known as plain values before anything is made. */
export interface Site {
  /** The members' subnets: members are spread over them in turn. */
  readonly subnets: readonly MemberSubnet[];
  /** What of it must stay as it is while the cluster lives. */
  readonly infrastructure: Infrastructure;
}
