import { DATA_MOUNT, SERVICE_USER } from "./machinePaths.ts";

/** Keys and values of a unit's section, in their order; a key may stand there again. */
export type UnitLines = readonly (readonly [key: string, value: string])[];

/** Renders a section of a systemd unit. */
export function unitSection(name: string, lines: UnitLines): string {
  return `[${name}]\n${lines.map(([key, value]) => `${key}=${value}\n`).join("")}`;
}

/**
 * What keeps a Java process from all that it does not need.
 *
 * @param writable folders that it writes to
 */
export function sandbox(writable: readonly string[]): UnitLines {
  return [
    ["NoNewPrivileges", "true"],
    ["CapabilityBoundingSet", ""],
    ["ProtectSystem", "strict"],
    ...(writable.length > 0 ? [["ReadWritePaths", writable.join(" ")] as const] : []),
    ["ProtectHome", "true"],
    ["PrivateTmp", "true"],
    ["PrivateDevices", "true"],
    ["ProtectKernelTunables", "true"],
    ["ProtectKernelModules", "true"],
    ["ProtectControlGroups", "true"],
    ["RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"],
    ["RestrictNamespaces", "true"],
    ["RestrictSUIDSGID", "true"],
    ["RestrictRealtime", "true"],
    ["LockPersonality", "true"],
    ["SystemCallArchitectures", "native"],
  ];
}

/** What differs between the units of the two services. */
export interface UnitSettings {
  readonly description: string;
  /** Units of the same machine that start earlier and stop later. */
  readonly after: readonly string[];
  /** The program and its arguments. No argument may hold white space. */
  readonly command: readonly string[];
  /** Folders that the service writes to, besides the data volume. */
  readonly writable: readonly string[];
  /** How long a clean stop may take, in seconds. */
  readonly stopSeconds: number;
}

/**
 * Renders a systemd unit for a Java service that goes on trying: a broker that comes back before its old ZooKeeper
 * session has ended exits and has to be started again.
 *
 * Open files: 100000, the least that Kafka's documentation ("OS level tuning") asks for.
 */
export function renderUnit(unit: UnitSettings): string {
  return [
    unitSection("Unit", [
      ["Description", unit.description],
      ["Wants", "network-online.target"],
      ["After", ["network-online.target", ...unit.after].join(" ")],
      // Where fstab names the data volume, the service starts after it and stops before it.
      ["RequiresMountsFor", DATA_MOUNT],
      // Without its data volume the service must not start on an empty folder.
      ["AssertPathIsMountPoint", DATA_MOUNT],
      ["StartLimitIntervalSec", "0"],
    ]),
    unitSection("Service", [
      ["User", SERVICE_USER],
      ["Group", SERVICE_USER],
      ["ExecStart", unit.command.join(" ")],
      ["Restart", "on-failure"],
      ["RestartSec", "2"],
      // The JVM ends with 143 after a clean shutdown on SIGTERM.
      ["SuccessExitStatus", "143"],
      ["TimeoutStopSec", String(unit.stopSeconds)],
      ["LimitNOFILE", "100000"],
      ["TasksMax", "infinity"],
      ["UMask", "0027"],
      ...sandbox([DATA_MOUNT, ...unit.writable]),
    ]),
    unitSection("Install", [["WantedBy", "multi-user.target"]]),
  ].join("\n");
}
