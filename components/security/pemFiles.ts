import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type Problem, SettingsError } from "../kafka/problem.ts";
import { BROKER_NAME } from "../render/brokerSecurity.ts";
import { type NodePlan, servicesOf } from "../render/node.ts";
import type { Service } from "../render/nodeFile.ts";
import { type ClusterCertificates, COMMON_NAMES } from "./certificates.ts";
import type { GivenCertificates } from "./certificateSettings.ts";
import { authoritiesProblem, certificatesIn, identityProblem, splitIdentity } from "./pemProblems.ts";

const AUTHORITIES = "authorities.pem";
const DEPLOYER = "deployer.pem";
const DAY_MS = 24 * 3600 * 1000;

/** What the reader of the files has to know and to tell. */
export interface PemContext {
  /** Says that a certificate ends soon. */
  readonly warn: (message: string) => void;
  /** Certificates of the authorities that a cluster that lives trusts; absent: nobody has to trust the new ones yet. */
  readonly trusted?: string;
  /** Milliseconds since the epoch. @default now */
  readonly now?: number;
}

/** The name of a service's file: `kafka-1-kafka.pem`. */
function fileOf({ name }: Pick<NodePlan, "name">, service: Service): string {
  return `${name}-${service}.pem`;
}

/**
 * Reads the user's own certificates out of their folder: `authorities.pem`, whom everybody trusts; `deployer.pem` and
 * `MEMBER-SERVICE.pem`, each a private key (PKCS #8) and its certificate with all between it and an authority. The deployer's
 * and every broker's subject is `CN=kafka-broker`, that of every ZooKeeper server `CN=zookeeper`; a member's certificate has
 * its IPv4 address as a subject alternative name.
 *
 * @throws SettingsError with every file that can't be used
 */
export function pemFiles(
  { folder, renewBeforeDays }: GivenCertificates,
  plans: readonly NodePlan[],
  { warn, trusted, now = Date.now() }: PemContext,
): ClusterCertificates {
  const problems: Problem[] = [];
  const read = (file: string, check: (pem: string) => string | undefined): string => {
    const path = join(folder, file);
    const refuse = (allowed: string): string => {
      problems.push({ key: `certificates.folder, ${file}`, value: path, allowed });
      return "";
    };
    let pem: string;
    try {
      pem = readFileSync(path, "utf8");
    } catch (error) {
      return refuse(`a file that can be read (${(error as Error).message})`);
    }
    const allowed = check(pem);
    if (allowed !== undefined) return refuse(allowed);
    const end = Math.min(...certificatesIn(pem).map(({ validTo }) => Date.parse(validTo)));
    if (end - now < renewBeforeDays * DAY_MS)
      warn(`${path} ends on ${new Date(end).toISOString()}: put a new one in its place and run an update`);
    return pem;
  };
  const authorities = read(AUTHORITIES, (pem) => authoritiesProblem(pem, now));
  const identity = (file: string, commonName: string, address?: string): string =>
    read(file, (pem) =>
      identityProblem(pem, authorities, { commonName, ...(address !== undefined && { address }) }, now, trusted),
    );
  const deployer = splitIdentity(identity(DEPLOYER, BROKER_NAME));
  const services = new Map(
    plans.flatMap((plan) =>
      servicesOf(plan).map((service): [string, string] => {
        const file = fileOf(plan, service);
        return [file, identity(file, COMMON_NAMES[service], plan.address)];
      }),
    ),
  );
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    authorities: pulumi.output(authorities),
    deployer: pulumi.secret({ authorities, ...deployer }),
    tlsOf: (plan, service) => pulumi.secret({ identity: services.get(fileOf(plan, service)) ?? "", authorities }),
  };
}
