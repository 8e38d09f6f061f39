import { SettingsError } from "../kafka/problem.ts";
import type { Infrastructure } from "../livingCluster.ts";
import { memberSubnets } from "../settings/memberNetwork.ts";
import type { Site } from "../site.ts";
import type { CommonSettings } from "../settings/settings.ts";
import { splitNetwork } from "../render/subnets.ts";
import type { Architecture, AwsFacts, InstanceTypeFacts, Zone } from "./awsFacts.ts";
import { accessOf } from "./awsLimits.ts";
import { instanceTypesOf, siteProblems, whyNoImage } from "./awsProblems.ts";
import type { AwsSettings } from "./awsSettings.ts";

type Settings = CommonSettings & AwsSettings;

/** Where on AWS a cluster is, decided before anything is made. */
export interface AwsSite extends Site {
  /** The zones of the members' subnets, in the same order. */
  readonly zones: readonly Zone[];
  /** Image of each instance type that is in use, by the type's name. */
  readonly images: Readonly<Record<string, string>>;
  /** Image of the bastion; absent without one. */
  readonly bastionImage?: string;
  /** GiB of the root volume of images, by their ids, as far as they are known. */
  readonly rootGiB: Readonly<Record<string, number>>;
  /** Why no machine can be made of an image, by its id: it is pinned and gone. */
  readonly gone: Readonly<Record<string, string>>;
}

/**
 * Decides where the cluster will be.
 *
 * Zones and images are chosen once: what the last deployment pinned stays, whatever AWS has added since.
 *
 * @param facts what AWS says
 * @param last what the last deployment left; absent before the first one
 * @param newestImage gives the newest image for an architecture
 * @throws SettingsError with every problem found
 */
export async function chooseSite(
  settings: Settings,
  facts: AwsFacts,
  last: Infrastructure | undefined,
  newestImage: (architecture: Architecture) => Promise<string>,
): Promise<AwsSite> {
  const zones = pinnedZones(settings, last) ?? chooseZones(settings, facts);
  const problems = siteProblems(settings, facts, zones, last);
  if (problems.length > 0) throw new SettingsError(problems);

  const { images, bastionImage, pinned } = await chooseImages(settings, facts, last, newestImage);
  const rootGiB = rootSizes(facts, last, [...Object.values(images), bastionImage]);
  const racks = zones.map(({ id }) => id);
  return {
    subnets: memberSubnets(subnetCidrs(settings, facts), settings.firstAddress, racks),
    zones,
    images,
    ...(bastionImage !== undefined && { bastionImage }),
    rootGiB,
    gone: Object.fromEntries(
      Object.entries(facts.images).flatMap(([image, found]) => {
        const why = whyNoImage(found);
        return why === undefined ? [] : [[image, why]];
      }),
    ),
    infrastructure: {
      fixed: fixedSettings(settings, facts, zones),
      protected: settings.aws.protect,
      growing: volumeSizes(settings),
      pinned: { zones, ...pinned },
      aws: {
        access: accessOf(settings),
        ...(settings.aws.vpc.kind === "own" && { publicSubnet: settings.aws.vpc.publicSubnet }),
        rootGiB,
      },
    },
  };
}

/**
 * An image for each instance type: the one that is set, the one that was pinned, or the newest. The bastion keeps its own:
 * another one for the members is no reason to cut the way to them.
 */
async function chooseImages(
  settings: Settings,
  facts: AwsFacts,
  last: Infrastructure | undefined,
  newestImage: (architecture: Architecture) => Promise<string>,
): Promise<Pick<AwsSite, "images" | "bastionImage"> & { pinned: Omit<Infrastructure["pinned"], "zones"> }> {
  const members: Record<string, string> = {};
  const bastions: Record<string, string> = {};
  const images: Record<string, string> = {};
  const choose = async (architecture: Architecture): Promise<string> =>
    settings.aws.images[architecture] ?? last?.pinned.images?.[architecture] ?? newestImage(architecture);
  for (const { type, kind } of instanceTypesOf(settings)) {
    const { architecture } = facts.instanceTypes[type] as InstanceTypeFacts;
    if (!architecture) continue;
    if (kind === "bastion") {
      const own = settings.aws.access.bastionImage ?? last?.pinned.bastionImages?.[architecture];
      bastions[architecture] = own ?? members[architecture] ?? (await choose(architecture));
    } else {
      images[type] = members[architecture] ??= await choose(architecture);
    }
  }
  const [bastionImage] = Object.values(bastions);
  return {
    images,
    ...(bastionImage !== undefined && { bastionImage }),
    pinned: { images: members, ...(bastionImage !== undefined && { bastionImages: bastions }) },
  };
}

/** The element of a list that has to have it: one that is missing is a bug, not an error of AWS in the middle of an update. */
export function present<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`there are ${list.length} of them, and number ${index} is asked for`);
  return found;
}

/** The zones of the last deployment, when as many, or the same ones, are asked for: one of them may just be down. */
function pinnedZones({ aws: { vpc } }: Settings, last: Infrastructure | undefined): readonly Zone[] | undefined {
  const pinned = last?.pinned.zones;
  if (!pinned || vpc.kind !== "own") return undefined;
  const { zones } = vpc;
  const isSame =
    typeof zones === "number" ? zones === pinned.length : zones.join() === pinned.map(({ name }) => name).join();
  return isSame ? pinned : undefined;
}

/** The zones of the subnets that are there, the zones that are named, or the first that offer all that is wanted. */
function chooseZones(settings: Settings, facts: AwsFacts): readonly Zone[] {
  const { vpc } = settings.aws;
  if (vpc.kind === "existing") {
    return vpc.subnetIds.flatMap((id) => {
      const subnet = facts.subnets[id];
      return subnet && "zone" in subnet ? [subnet.zone] : [];
    });
  }
  const { zones } = vpc;
  if (typeof zones !== "number") return zones.flatMap((name) => facts.zones.find((zone) => zone.name === name) ?? []);
  const types = instanceTypesOf(settings);
  const offers = (zone: Zone, type: string): boolean => {
    const known = facts.instanceTypes[type];
    // What AWS does not know is a problem of its own, not the zones'.
    return !known || !("zones" in known) || known.zones.includes(zone.name);
  };
  const members = types.filter(({ kind }) => kind !== "bastion");
  const usable = facts.zones.filter((zone) => members.every(({ type }) => offers(zone, type)));
  const chosen = usable.slice(0, zones);
  // Only the bastion's own zone has to offer the bastion's type.
  const place = settings.aws.access.bastionZone - 1;
  const bastions = types.filter(({ kind }) => kind === "bastion");
  const home = [...chosen.slice(place, place + 1), ...usable].find((zone) =>
    bastions.every(({ type }) => offers(zone, type)),
  );
  if (!home || chosen[place] === home) return chosen;
  return usable
    .filter((zone) => zone !== home)
    .slice(0, zones - 1)
    .toSpliced(place, 0, home);
}

function subnetCidrs({ aws: { vpc }, subnet }: Settings, facts: AwsFacts): string[] {
  if (vpc.kind === "own") return splitNetwork(subnet, typeof vpc.zones === "number" ? vpc.zones : vpc.zones.length);
  return vpc.subnetIds.flatMap((id) => {
    const found = facts.subnets[id];
    return found && "cidr" in found ? [found.cidr] : [];
  });
}

/** GiB of the root volumes of the images in use; what AWS does not say any more, the last deployment knew. */
function rootSizes(
  { images }: AwsFacts,
  last: Infrastructure | undefined,
  used: readonly (string | undefined)[],
): Record<string, number> {
  return Object.fromEntries(
    used.flatMap((image = "") => {
      const found = images[image];
      const size = found && "rootGiB" in found ? found.rootGiB : last?.aws?.rootGiB[image];
      return size === undefined ? [] : [[image, size]];
    }),
  );
}

/** What can't be changed on a cluster that lives: it would replace every member's network, or every volume. */
function fixedSettings({ aws }: Settings, facts: AwsFacts, zones: readonly Zone[]): Record<string, string> {
  const { vpc } = aws;
  return {
    platform: "aws",
    "aws:region": facts.region,
    "aws.zones": zones.map(({ name }) => name).join(", "),
    ...(vpc.kind === "own"
      ? { "aws.vpc.cidr": vpc.cidr }
      : { "aws.vpc.id": vpc.id, "aws.vpc.subnetIds": vpc.subnetIds.join(", ") }),
    "aws.kmsKeyId": aws.kmsKeyId ?? "the account's key",
  };
}

function volumeSizes({ machine, zookeeper }: Settings): Record<string, number> {
  return {
    "machine.broker.volume.sizeGiB": machine.broker.volume.sizeGiB,
    ...(zookeeper.placement === "dedicated" && {
      "machine.zookeeper.volume.sizeGiB": machine.zookeeper.volume.sizeGiB,
    }),
  };
}
