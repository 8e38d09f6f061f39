/**
 * How the deployer's scripts get to the members:
 * - `link`: members are on a bridge of this computer that the platform makes and removes; nothing is sent to their
 *   addresses once it is gone;
 * - `direct`: members can be reached over the network, for example from within the VPC or over a VPN;
 * - `bastion`: through one SSH connection to a host that can reach them.
 */
export type Reach = { readonly via: "link" } | { readonly via: "direct" } | BastionReach;

/** See {@link Reach}. */
export interface BastionReach {
  readonly via: "bastion";
  /** Address or name of the bastion. */
  readonly host: string;
  /** The user to log in as, with the deployer's key. */
  readonly user: string;
  /** The bastion's SSH host key: `ssh-ed25519 AAAA…`. No other is accepted. */
  readonly hostKey: string;
}

/** What scripts that use SSH read from standard input, as JSON. */
export interface ReachSecrets {
  /** The deployer's OpenSSH private key. */
  readonly privateKey: string;
  /** How the deployer speaks TLS with brokers and ZooKeeper's servers; absent while the cluster has none. */
  readonly tls?: ClientTls;
}

/** What a client needs for TLS, each as PEM text. */
export interface ClientTls {
  /** The certificates of the authorities that it trusts. */
  readonly authorities: string;
  /** Its own certificate; absent for a client that logs in by a password. */
  readonly certificate?: string;
  /** The key to that, PKCS #8 without a passphrase. */
  readonly key?: string;
}
