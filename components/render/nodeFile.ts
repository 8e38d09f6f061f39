/** A service of a member; also the name of its systemd unit. */
export type Service = "zookeeper" | "kafka";

/** A file that the program writes on a member: by cloud-init at birth, by the apply Command ever after. */
export interface NodeFile {
  /** Absolute path. */
  readonly path: string;
  /** Whole content as UTF-8 text. */
  readonly content: string;
  /** Permissions in octal, for example `0644`. The owner is root. */
  readonly mode: string;
  /** The services that read the file when they start, and so are restarted when it changes. */
  readonly restarts: readonly Service[];
}
