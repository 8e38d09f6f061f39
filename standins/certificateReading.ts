import { X509Certificate } from "node:crypto";
// The library below asks for it at its own start.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { isEmptyName } from "./certificateParts.ts";

/** Reads a certificate request from PEM, or gives nothing if it is none. */
export function readRequest(pem: string): x509.Pkcs10CertificateRequest | undefined {
  try {
    const [first] = x509.PemConverter.decodeWithHeaders(pem);
    return first?.type === "CERTIFICATE REQUEST" ? new x509.Pkcs10CertificateRequest(first.rawData) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a certificate from PEM, or gives nothing if it is none. */
export function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Whether a request was signed with the key that it is for. */
export function isGenuine(request: x509.Pkcs10CertificateRequest): Promise<boolean> {
  return request.verify().catch(() => false);
}

/** Whether a request names no subject. */
export function isWithoutSubject(request: x509.Pkcs10CertificateRequest): boolean {
  return isEmptyName(request.subjectName);
}
