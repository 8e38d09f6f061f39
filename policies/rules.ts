import { commandSecrets } from "./commandSecrets.ts";
import { encryption } from "./encryption.ts";
import { ingress } from "./ingress.ts";
import { instanceMetadata } from "./instanceMetadata.ts";
import { protection } from "./protection.ts";
import { publicAddress } from "./publicAddress.ts";
import type { Rule } from "./rule.ts";
import { secured } from "./secured.ts";
import { userData } from "./userData.ts";

/** All rules of the pack. */
export const RULES: readonly Rule[] = [
  encryption,
  instanceMetadata,
  ingress,
  protection,
  publicAddress,
  userData,
  commandSecrets,
  secured,
];
