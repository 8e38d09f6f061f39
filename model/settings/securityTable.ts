import { ANY, OPERATIONS, RESOURCE_OPERATIONS, type PermissionResource } from "../kafka/permissions.ts";
import { NO_DEFAULT, type MapSetting, type MapsSetting } from "./setting.ts";

/** How long an authority's own certificate is valid, in days: ten years, within which another one takes over. */
export const AUTHORITY_DAYS = 3650;

/** The setting `certificates`. */
export const CERTIFICATES = {
  type: "map",
  description: "Certificates of a cluster with TLS, made by the program, or own ones in a folder.",
  more: "Certificates in their last `renewBeforeDays` are renewed by the next `npm run up`, and by nothing else. On a cluster that is plaintext a change does nothing.",
  keys: {
    authorities: {
      type: "list",
      items: {
        allowed: "a name of lower-case letters, digits and -, at most 31, a letter first",
        pattern: /^[a-z][a-z\d-]{0,30}$/,
      },
      example: "[authority-1]",
      default: ["authority-1"],
      description: "Names of the authorities that everybody trusts, at most 3; the first one signs.",
      change: [
        {
          of: "one step",
          does: "**restart, rolled**: `zookeeper` and `kafka`. Another one is trusted, signs, or goes ([order](operations/security.md#another-authority))",
        },
        { of: "another order", does: "**refused**" },
      ],
    },
    validityDays: {
      type: "integer",
      min: 2,
      max: 825,
      default: 365,
      description: "How long a certificate is valid, in days.",
      change: "**restart, rolled**: `zookeeper` and `kafka`, with other certificates",
    },
    generation: {
      type: "integer",
      min: 1,
      max: 1_000_000,
      default: 1,
      description: "Another number makes all keys and certificates anew, but for those of the authorities.",
      change: "**restart, rolled**: `zookeeper` and `kafka`, with other certificates and other keys",
    },
    renewBeforeDays: {
      type: "integer",
      min: 1,
      max: AUTHORITY_DAYS,
      default: 30,
      unset: "30, or `validityDays` - 1 where that is less",
      description:
        "How long before their end the next update renews certificates, in days, at most validityDays - 1; " +
        "with a folder, how long before it warns.",
      change: "**nothing on the members**, unless certificates are due by it",
    },
    folder: {
      type: "text",
      allowed: "a text",
      unset: "none: the program makes the certificates",
      description: "Path of a folder with own certificates, in place of made ones, from the program's folder.",
      more: "[What it holds](security.md#own-certificates). `authorities`, `validityDays` and `generation` are refused beside it.",
      change: [
        { of: "set, or taken out", does: "**refused**: over `security: plaintext`" },
        {
          of: "other files in it",
          does: "**restart, rolled**: the services whose files differ. **Refused** when they are of an authority that the cluster does not trust yet, or authorities.pem lacks the one in use ([order](operations/security.md#renew-own-certificates))",
        },
      ],
    },
  },
} as const satisfies MapSetting;

const RESOURCES = Object.keys(RESOURCE_OPERATIONS) as PermissionResource[];

const PERMISSIONS = {
  type: "maps",
  unset: "none: the user may log in and do nothing",
  description: "What the user may do.",
  keys: {
    resource: {
      type: "word",
      words: RESOURCES,
      required: NO_DEFAULT,
      description: "Kind of resource that it is about.",
    },
    name: {
      type: "text",
      allowed: `1 to 249 letters, digits, '.', '_' or '-', or ${ANY} for any name`,
      unset: "of the cluster its one name; for the other resources it has to be given",
      description: "Name of the resource, or the beginning of names with pattern prefixed.",
      more: "Names of groups and transactional ids may have other letters, too, but no `/` and no control character.",
    },
    pattern: {
      type: "word",
      words: ["literal", "prefixed"],
      default: "literal",
      description: "Whether the name stands for itself, or for all that begin with it.",
    },
    operations: {
      type: "list",
      items: { allowed: `one of ${OPERATIONS.join(", ")}` },
      example: "[Read, Describe]",
      required: NO_DEFAULT,
      description: "Operations that it allows, of those that the resource has.",
    },
    hosts: {
      type: "list",
      items: {
        allowed: `an IPv4 address, for example 10.0.0.18, or ${ANY}: Kafka compares addresses, and no names or subnets`,
      },
      example: "[10.0.0.18]",
      unset: "any",
      description: "Addresses of the clients that it holds for.",
    },
  },
} as const satisfies MapsSetting;

/** The setting `users`. */
export const USERS = {
  type: "maps",
  description: "Users of a cluster with TLS, each with a password that is made.",
  more: "[What a user can do, and how a client logs in](security.md#users). On a cluster that is plaintext a change does nothing.",
  change: [
    {
      of: "a new entry, `permissions`, `passwordGeneration`",
      does: "**nothing on the members**: the user is made or [changed](operations/security.md#users), when all members are healthy. A former password is refused from then on",
    },
    { of: "an entry taken out", does: "**nothing on the members**: the user and its permissions are deleted" },
  ],
  keys: {
    name: {
      type: "text",
      pattern: /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/,
      allowed: "1 to 64 letters (A to Z), digits, '.', '_' or '-', and not '.' or '..'",
      required: NO_DEFAULT,
      description: "The user's name: none of the program's or of Kafka's own.",
    },
    passwordGeneration: {
      type: "integer",
      min: 1,
      max: 1_000_000,
      default: 1,
      description: "Another number gives the user another password.",
    },
    permissions: PERMISSIONS,
  },
} as const satisfies MapsSetting;
