import { hasTls, type Phase } from "../security/phase.ts";
import type { NodeFile, Service } from "./nodeFile.ts";
import { KAFKA_TLS, SERVICE_USER, ZOOKEEPER_TLS } from "./machinePaths.ts";

/** What a service shows of itself and whom it trusts, as PEM text. */
export interface ServiceTls {
  /** Key (PKCS #8) and certificate. */
  readonly identity: string;
  readonly authorities: string;
}

const PATHS = { kafka: KAFKA_TLS, zookeeper: ZOOKEEPER_TLS } as const;

/** The files of a service for TLS, none of them with its content; nothing for a plaintext cluster. */
export function tlsFiles(service: Service, security: Phase): NodeFile[] {
  if (!hasTls(security)) return [];
  const { identity, authorities } = PATHS[service];
  return [identity, authorities].map((path) => ({
    path,
    content: "",
    mode: "0640",
    owner: `root:${SERVICE_USER}`,
    secret: true,
    restarts: [service],
  }));
}

/** The contents of these files by their paths. */
export function tlsContents(service: Service, { identity, authorities }: ServiceTls): Record<string, string> {
  return { [PATHS[service].identity]: identity, [PATHS[service].authorities]: authorities };
}
