/** A service of a member; also the name of its systemd unit. */
export type Service = "zookeeper" | "kafka";

/** A file that the program writes on a member: by cloud-init at birth, by the apply Command ever after. */
export interface NodeFile {
  /** Absolute path. */
  readonly path: string;
  /** Whole content as UTF-8 text. */
  readonly content: string;
  /** Permissions in octal, for example `0644`. */
  readonly mode: string;
  /** `user:group`. @default root:root */
  readonly owner?: string;
  /**
   * Whether its content is kept out of user data and of what is told in plain: it has none here then, and comes on the
   * apply's standard input. @default false
   */
  readonly secret?: boolean;
  /** Whether user data goes without it, which has little room: the first apply brings it. @default false */
  readonly late?: boolean;
  /** SHA-256 of a secret file's content, in hexadecimal, where the content itself is not at hand. */
  readonly sha256?: string;
  /** The services that read the file when they start, and so are restarted when it changes. */
  readonly restarts: readonly Service[];
}
