import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { MemberCertificates } from "../memberSpec.ts";
import type { ClientTls } from "../../model/reach.ts";
import { BROKER_NAME } from "../../model/render/brokerSecurity.ts";
import { type NodePlan, servicesOf } from "../../model/render/node.ts";
import type { Service } from "../../model/render/nodeFile.ts";
import type { ServiceTls } from "../../model/render/tlsFiles.ts";
import type { MadeCertificates } from "../../model/settings/certificateSettings.ts";
import { AUTHORITY_DAYS } from "../../model/settings/securityTable.ts";

/** Certificates of everybody who has one, wherever they come from. */
export interface ClusterCertificates extends MemberCertificates {
  /** Whom everybody trusts, as PEM text. */
  readonly authorities: pulumi.Output<string>;
  /** The deployer's; a secret. */
  readonly deployer: pulumi.Output<ClientTls>;
}

/** Arguments of {@link Certificates}. */
export interface CertificatesArgs extends Omit<MadeCertificates, "kind"> {
  /** The members: each of their services gets a certificate. */
  readonly plans: readonly NodePlan[];
}

/** A key and its certificate, as PEM text. */
interface Identity {
  readonly key: pulumi.Output<string>;
  readonly certificate: pulumi.Output<string>;
}

interface Authority extends Identity {
  readonly name: string;
}

/** Whom a certificate is for. */
interface Holder {
  /** Common name, which is the whole subject. */
  readonly commonName: string;
  /** Where it may be shown by a server; absent for a client. */
  readonly at?: Pick<NodePlan, "name" | "address">;
}

/** The names in the certificates of a member's services: by them the brokers know each other, and ZooKeeper them. */
export const COMMON_NAMES: Readonly<Record<Service, string>> = { kafka: BROKER_NAME, zookeeper: "zookeeper" };

/** NIST's P-256: as strong as RSA with 3072 bits (NIST SP 800-57, table 2), and quick. */
const KEY = { algorithm: "ECDSA", ecdsaCurve: "P256" };

const HOURS = 24;

/**
 * Authorities, and certificates of theirs for every service of the members and for the deployer. A certificate is renewed by
 * the first update within its last days; an authority never, another one takes over from it.
 */
export class Certificates extends pulumi.ComponentResource implements ClusterCertificates {
  readonly authorities: pulumi.Output<string>;
  readonly deployer: pulumi.Output<ClientTls>;
  readonly #services = new Map<string, pulumi.Output<ServiceTls>>();

  constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:Certificates", name, {}, opts);
    const authorities = args.authorities.map((authority) =>
      this.#authority(`${name}-authority-${authority}`, authority),
    );
    const [signing] = authorities;
    if (!signing) throw new Error("certificates need an authority");
    this.authorities = pulumi
      .all(authorities.map(({ certificate }) => certificate))
      .apply((certificates) => certificates.map(wholeLines).join(""));

    const issue = (id: string, holder: Holder): Identity =>
      this.#issue(`${name}-${id}-${args.generation}`, holder, signing, args);
    for (const plan of args.plans) {
      for (const service of servicesOf(plan)) {
        const identity = issue(`${plan.name}-${service}`, { commonName: COMMON_NAMES[service], at: plan });
        this.#services.set(`${plan.name} ${service}`, this.#serviceTls(identity));
      }
    }
    this.deployer = this.#clientTls(issue("deployer", { commonName: BROKER_NAME }));
    this.registerOutputs({ authorities: this.authorities, deployer: this.deployer });
  }

  tlsOf({ name }: NodePlan, service: Service): pulumi.Output<ServiceTls> {
    const found = this.#services.get(`${name} ${service}`);
    if (!found) throw new Error(`${name} has no certificate for ${service}`);
    return found;
  }

  #authority(id: string, name: string): Authority {
    const key = new tls.PrivateKey(`${id}-key`, KEY, { parent: this });
    const certificate = new tls.SelfSignedCert(
      `${id}-certificate`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: `Kafka cluster ${pulumi.getStack()} ${name}` },
        isCaCertificate: true,
        setSubjectKeyId: true,
        validityPeriodHours: AUTHORITY_DAYS * HOURS,
        allowedUses: ["cert_signing", "crl_signing"],
      },
      { parent: this },
    );
    return { name, key: key.privateKeyPem, certificate: certificate.certPem };
  }

  #issue(
    id: string,
    { commonName, at }: Holder,
    authority: Authority,
    { validityDays, renewBeforeDays }: CertificatesArgs,
  ): Identity {
    const key = new tls.PrivateKey(`${id}-key`, KEY, { parent: this });
    const request = new tls.CertRequest(
      `${id}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName },
        ...(at && { ipAddresses: [at.address], dnsNames: [at.name] }),
      },
      { parent: this },
    );
    const certificate = new tls.LocallySignedCert(
      `${id}-certificate`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: authority.key,
        caCertPem: authority.certificate,
        validityPeriodHours: validityDays * HOURS,
        earlyRenewalHours: renewBeforeDays * HOURS,
        // Brokers and servers are clients of each other as well.
        allowedUses: ["digital_signature", ...(at ? ["server_auth"] : []), "client_auth"],
      },
      { parent: this },
    );
    return { key: key.privateKeyPemPkcs8, certificate: certificate.certPem };
  }

  #serviceTls({ key, certificate }: Identity): pulumi.Output<ServiceTls> {
    return pulumi.all([key, certificate, this.authorities]).apply(([key, certificate, authorities]) => ({
      identity: wholeLines(key) + wholeLines(certificate),
      authorities,
    }));
  }

  #clientTls({ key, certificate }: Identity): pulumi.Output<ClientTls> {
    return pulumi
      .all([key, certificate, this.authorities])
      .apply(([key, certificate, authorities]): ClientTls => ({ key, certificate, authorities }));
  }
}

/** PEM text with its last line break. */
function wholeLines(pem: string): string {
  return pem.endsWith("\n") ? pem : `${pem}\n`;
}
