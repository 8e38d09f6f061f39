import * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../model/kafka/problem.ts";
import { GIVEN } from "../model/security/authorityChange.ts";
import { Certificates, type ClusterCertificates } from "../components/security/certificates.ts";
import { pemFiles } from "../components/security/pemFiles.ts";
import { hasTls } from "../model/security/phase.ts";
import type { SecurityShape } from "../model/livingCluster.ts";
import type { NodePlan } from "../model/render/node.ts";
import type { Settings } from "../model/settings/settings.ts";
import type { Deployment } from "./lastDeployment.ts";

/** What is kept on record of the cluster's security. */
export function securityShape({ security, certificates }: Settings): SecurityShape {
  const authorities = certificates.kind === "given" ? [GIVEN] : certificates.authorities;
  return { phase: security, authorities: hasTls(security) ? authorities : [] };
}

/**
 * The certificates of a cluster with TLS: made, or the user's own. A cluster that lives has to trust own ones already.
 *
 * @returns undefined for a plaintext cluster
 * @throws pulumi.RunError with every file of the user's that can't be used
 */
export function chooseCertificates(
  { security, certificates }: Settings,
  plans: readonly NodePlan[],
  last?: Pick<Deployment, "tls">,
  opts?: pulumi.ComponentResourceOptions,
): ClusterCertificates | undefined {
  if (!hasTls(security)) return undefined;
  switch (certificates.kind) {
    case "made": {
      const { kind: _, ...settings } = certificates;
      return new Certificates("certificates", { ...settings, plans }, opts);
    }
    case "given":
      try {
        return pemFiles(certificates, plans, {
          warn: (message) => void pulumi.log.warn(message),
          ...(last?.tls && { deployed: last.tls }),
        });
      } catch (error) {
        throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
      }
    default:
      return certificates satisfies never;
  }
}
