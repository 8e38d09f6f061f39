import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type Problem, SettingsError } from "../../model/kafka/problem.ts";
import type { ClientTls } from "../../model/reach.ts";
import { BROKER_NAME } from "../../model/render/brokerSecurity.ts";
import { type NodePlan, servicesOf } from "../../model/render/node.ts";
import type { Service } from "../../model/render/nodeFile.ts";
import { type ClusterCertificates, COMMON_NAMES } from "./certificates.ts";
import type { GivenCertificates } from "../../model/settings/certificateSettings.ts";
import {
  authoritiesProblem,
  certificatesIn,
  identityProblem,
  isTrusted,
  isValid,
  splitIdentity,
} from "../../model/security/pemProblems.ts";

const AUTHORITIES = "authorities.pem";
const DEPLOYER = "deployer.pem";
const DAY_MS = 24 * 3600 * 1000;

/** What the reader of the files has to know and to tell. */
export interface PemContext {
  /** Says that a certificate ends soon. */
  readonly warn: (message: string) => void;
  /**
   * How the deployer speaks TLS with the cluster that lives; absent while nobody does. In one update members that have been
   * changed and members that have not must trust each other, and the deployer both.
   */
  readonly deployed?: ClientTls;
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
  { warn, deployed, now = Date.now() }: PemContext,
): ClusterCertificates {
  const problems: Problem[] = [];
  const refuse = (file: string, allowed: string): string => {
    problems.push({ key: `certificates.folder, ${file}`, value: join(folder, file), allowed });
    return "";
  };
  const read = (file: string, check: (pem: string) => string | undefined): string => {
    const path = join(folder, file);
    let pem: string;
    try {
      pem = readFileSync(path, "utf8");
    } catch (error) {
      return refuse(file, `a file that can be read (${(error as Error).message})`);
    }
    const allowed = check(pem);
    if (allowed !== undefined) return refuse(file, allowed);
    const end = Math.min(...certificatesIn(pem).map(({ validTo }) => Date.parse(validTo)));
    if (end - now < renewBeforeDays * DAY_MS)
      warn(`${path} ends on ${new Date(end).toISOString()}: put a new one in its place and run an update`);
    return pem;
  };
  // What has ended is trusted by nobody, so nothing is lost by another one.
  const living =
    deployed?.certificate !== undefined && isValid(deployed.certificate + deployed.authorities, now)
      ? deployed
      : undefined;
  const authorities = read(AUTHORITIES, (pem) => authoritiesProblem(pem, now));
  const former = authorities === "" ? undefined : formerProblem(authorities, living);
  if (former !== undefined) refuse(AUTHORITIES, former);
  const identity = (file: string, commonName: string, address?: string): string =>
    read(
      file,
      (pem) =>
        identityProblem(pem, authorities, { commonName, ...(address !== undefined && { address }) }, now) ??
        newProblem(pem, living),
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

/** What is wrong with authorities that the changed members trust, while others still show what they have shown. */
function formerProblem(authorities: string, living: ClientTls | undefined): string | undefined {
  return living?.certificate === undefined || isTrusted(certificatesIn(living.certificate), authorities)
    ? undefined
    : "the former authority as well: until this update is over, members and the deployer have certificates that it has signed. Put certificates of the new one into the other files first, in an update of its own";
}

/** What is wrong with a certificate that changed members show to others which trust whom they have trusted. */
function newProblem(pem: string, living: ClientTls | undefined): string | undefined {
  return !living || isTrusted(certificatesIn(pem), living.authorities)
    ? undefined
    : "a certificate that an authority of the last successful update has signed: members that are not changed yet trust no other. Put the new authority into authorities.pem first, beside the former one, in an update of its own";
}
