import { progress, UserError } from "../lib/report.ts";
import { nameOf } from "../../model/urn.ts";
import { UNKNOWN } from "../../model/engineValues.ts";
import { isLeftover, partOf, type Step } from "../plan/planSteps.ts";
import { dryRun, ec2Client, type Given, type MachineRequest, type RootVolume, type Verdict } from "./dryRun.ts";

/** A machine that an update will make, and what is there already. */
export interface PlannedMachine {
  readonly member: string;
  readonly request: MachineRequest;
  readonly given: Given;
}

type Inputs = Readonly<Record<string, unknown>>;

/**
 * The instances of members that an update will make, as far as what EC2 has to be told of them is known before.
 *
 * @param defaultTags what the provider tags all resources with, but for those that have a tag of that name
 */
export function plannedMachines(
  steps: readonly Step[],
  defaultTags: Readonly<Record<string, string>> = {},
): PlannedMachine[] {
  const made = steps.filter(
    (step) =>
      ["create", "create-replacement"].includes(step.op) && partOf(step.urn)?.part === "machine" && !isLeftover(step),
  );
  return made.flatMap((step): PlannedMachine[] => {
    const { member = "" } = partOf(step.urn) ?? {};
    const port = steps.find(({ urn }) => nameOf(urn) === `${member}-interface`);
    const former = steps.find(({ op, urn }) => urn === step.urn && op.startsWith("delete"))?.old ?? step.old;
    const [machine, place]: [Inputs, Inputs] = [step.new?.inputs ?? {}, port?.new?.inputs ?? port?.old?.inputs ?? {}];
    const [image, instanceType, subnetId] = [known(machine.ami), known(machine.instanceType), known(place.subnetId)];
    const placementGroup = known(machine.placementGroup);
    const groups = Array.isArray(place.securityGroups) ? (place.securityGroups as unknown[]).map(known) : [];
    if (image === undefined || instanceType === undefined || subnetId === undefined) return [];
    const root = rootOf(machine.rootBlockDevice);
    const formerType = known(former?.inputs?.instanceType);
    return [
      {
        member,
        request: {
          ...{ image, instanceType, subnetId },
          securityGroupIds: groups.flatMap((group) => group ?? []),
          ...(placementGroup !== undefined && { placementGroup }),
          ...(root && { root }),
          tags: { ...defaultTags, ...((machine.tags ?? {}) as Record<string, string>) },
        },
        given: {
          hasAddress: ["same", "update"].includes(port?.op ?? ""),
          ...(formerType !== undefined && { formerType }),
        },
      },
    ];
  });
}

function rootOf(device: unknown): RootVolume | undefined {
  const { volumeSize: size, volumeType, encrypted, kmsKeyId } = (device ?? {}) as Inputs;
  const [type, key] = [known(volumeType), known(kmsKeyId)];
  if (typeof size !== "number" || type === undefined || typeof encrypted !== "boolean") return undefined;
  return { size, type, encrypted, ...(key !== undefined && { kmsKeyId: key }) };
}

/** The texts of the provider's option `defaultTags`, `{ tags: … }`, which may be written as JSON. */
function defaultTagsOf(option: unknown): Record<string, string> {
  const { tags } = (typeof option === "string" ? parsed(option) : (option ?? {})) as Inputs;
  const entries = Object.entries(tags ?? {}) as [string, unknown][];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) ?? {};
  } catch {
    return {};
  }
}

function known(value: unknown): string | undefined {
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}

/**
 * Asks EC2 by its own dry run whether the machines that are planned can be made: one that is replaced goes before the new
 * one comes.
 *
 * @param config the provider's options in the stack's configuration, without `aws:`
 * @throws UserError with every machine that can't be made
 */
export async function askForRoom(steps: readonly Step[], config: Readonly<Record<string, unknown>>): Promise<void> {
  const machines = plannedMachines(steps, defaultTagsOf(config.defaultTags));
  if (machines.length === 0) return;
  const verdicts = await ask(machines, config);
  const refused = verdicts.flatMap((verdict, index) => {
    const { member = "", request } = machines[index] ?? {};
    if ("unclear" in verdict) progress(`EC2's dry run does not say whether ${member} can be made: ${verdict.unclear}`);
    return "refused" in verdict
      ? [`${member} (image ${request?.image ?? ""}, type ${request?.instanceType ?? ""}): ${verdict.refused}`]
      : [];
  });
  if (refused.length === 0) return;
  const title =
    "EC2 says that these machines can't be made, and nothing has been touched. Another image stands in aws.images, another type in machine:";
  throw new UserError([title, ...refused].join("\n  "));
}

/** Options of the provider that another client follows, and those that matter to none. */
const FOLLOWED = ["region", "profile", "defaultTags", "ignoreTags", "allowedAccountIds", "forbiddenAccountIds"];

async function ask(machines: readonly PlannedMachine[], config: Readonly<Record<string, unknown>>): Promise<Verdict[]> {
  const foreign = Object.keys(config).find((key) => !FOLLOWED.includes(key));
  if (foreign !== undefined) {
    return machines.map(() => ({
      unclear: `aws:${foreign} is the provider's own; the environment and aws:profile are followed`,
    }));
  }
  const [region, profile] = [known(config.region), known(config.profile)];
  const client = await ec2Client({
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
  });
  return Promise.all(machines.map(({ request, given }) => dryRun(client, request, given)));
}
