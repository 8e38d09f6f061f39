import type { Problem } from "../kafka/problem.ts";
import { heapsOf, memberSubnets, memoryProblem, subnetAddressProblems } from "./memberNetwork.ts";
import type { Site } from "../site.ts";
import type { CommonSettings } from "./settings.ts";
import type { SettingsReader } from "./settingsReader.ts";
import { LOCAL_MACHINE, type SettingsTable } from "./settingsTable.ts";

/** What only the local platform is told. */
export interface LocalSettings {
  readonly platform: "local";
  /** Size of a machine. */
  readonly machine: {
    readonly cpus: number;
    readonly memory: string;
    /** Size of each data volume in GiB. @default none: they share this computer's disk */
    readonly volumeSizeGiB?: number;
  };
}

/** Reads what only the local platform is told, and refuses what only others are. */
export function readLocalSettings(top: SettingsReader<SettingsTable>): LocalSettings {
  top.refuse("aws", "no such setting with platform local");
  top.refuse(
    "distribution",
    "no such setting with platform local: its machines get the distribution from this computer's cache",
  );
  const machine = top.object("machine", LOCAL_MACHINE);
  const sizeGiB = machine.object("volume").integer("sizeGiB");
  return {
    platform: "local",
    machine: {
      cpus: machine.integer("cpus"),
      memory: machine.text("memory"),
      ...(sizeGiB > 0 && { volumeSizeGiB: sizeGiB }),
    },
  };
}

const VOLUME_SIZE = "machine.volume.sizeGiB";

/** The network's own address, and the bridge's. */
const RESERVED_ADDRESSES = 2;

/** Problems between settings that are each right by itself. */
export function localProblems(settings: CommonSettings & LocalSettings): Problem[] {
  const { subnet, firstAddress, machine } = settings;
  return [
    ...memoryProblem("machine.memory", machine.memory, heapsOf(settings, "broker")),
    ...subnetAddressProblems(settings, memberSubnets([subnet], firstAddress), RESERVED_ADDRESSES),
  ];
}

/** Where the machines will stand. */
export function localSite({ subnet, firstAddress, machine }: CommonSettings & LocalSettings): Site {
  const size = machine.volumeSizeGiB;
  return {
    subnets: memberSubnets([subnet], firstAddress),
    infrastructure: {
      fixed: { platform: "local", ...(size !== undefined && { [VOLUME_SIZE]: "a size" }) },
      growing: size === undefined ? {} : { [VOLUME_SIZE]: size },
      pinned: {},
    },
  };
}
