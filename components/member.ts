import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { scriptCommand } from "./scriptCommand.ts";
import { type ApplySecrets, FOUND_DOWN, SECRET_HASHES } from "../model/specs/applySpec.ts";
import type { DeployerKey } from "./deployerKey.ts";
import { memberFiles, memberSpec, secretContents, type ServiceSettings } from "./memberSpec.ts";
import { renderUserData } from "../model/render/cloudInit.ts";
import type { NodePlan } from "../model/render/node.ts";
import { hasTls } from "../model/security/phase.ts";

/** What all members of a cluster are made with. */
export interface MemberSettings extends ServiceSettings {
  /** The key that deploys. */
  readonly deployerKey: DeployerKey;
}

/** Arguments of {@link Member}. */
export interface MemberArgs extends MemberSettings {
  /** Name, address and the ids of the services on it: identity outlives the machine. */
  readonly plan: NodePlan;
  /** Whether it was found down: then it is brought up again, also where nothing of it has changed. */
  readonly isDown: boolean;
  /** What has to be healthy before this member's services start. */
  readonly startAfter?: readonly pulumi.Resource[];
  /** What has to be healthy before this member is touched at all: the member before it in a rolling update. */
  readonly rollAfter?: readonly pulumi.Resource[];
}

/**
 * One machine with the services that it hosts: broker, ZooKeeper server, or both. Its data volume outlives the machine;
 * its files are carried by cloud-init at birth and by the apply Command ever after.
 */
export class Member extends pulumi.ComponentResource {
  /** The member's plan. */
  readonly plan: NodePlan;
  /** IPv4 address. */
  readonly address: pulumi.Output<string>;
  /** Changes exactly when the machine is another one. */
  readonly machineId: pulumi.Output<string>;
  /** The machine's SSH host key: `ssh-ed25519 AAAA…`. */
  readonly hostKey: pulumi.Output<string>;
  /** SHA-256 over the member's files. */
  readonly contentHash: pulumi.Output<string>;
  /** Done when the member is healthy: for dependencies. */
  readonly applied: pulumi.Resource;

  constructor(name: string, args: MemberArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:Member", name, {}, opts);
    const { platform, deployerKey, plan } = args;
    const rollAfter = args.rollAfter ?? [];
    if (args.isDown) void pulumi.log.info(`${plan.name} is down: it is brought up first`, this);

    const volume = platform.createVolume(plan, this);
    const files = memberFiles(plan, args, volume.device);
    const userData = pulumi
      .all([files, deployerKey.publicKey])
      .apply(([files, deployKey]) => renderUserData({ hostname: plan.name, files, deployKey }));

    const machine = platform.createMachine(plan, { userData, volume }, this, rollAfter);

    const spec = memberSpec(plan, args, { files, hostKey: machine.hostKey });
    const contents = secretContents(plan, args);
    // What is hashed is a certificate or a key: no hash tells anything of it.
    const hashes = pulumi.unsecret(
      contents.apply((contents) =>
        Object.fromEntries(Object.entries(contents).map(([path, content]) => [path, sha256(content)])),
      ),
    );
    const secrets = pulumi
      .all([deployerKey.secrets, contents])
      .apply(([secrets, files]): ApplySecrets => ({ ...secrets, ...(hasTls(args.security) && { files }) }));
    this.applied = scriptCommand(
      `${name}-apply`,
      {
        create: "apply create",
        update: "apply update",
        delete: "apply delete",
        spec,
        environment: {
          ...(hasTls(args.security) && { [SECRET_HASHES]: pulumi.jsonStringify(hashes) }),
          // Another value makes the Command run; in every other update the one that stands in the state is kept.
          ...(args.isDown && { [FOUND_DOWN]: new Date().toISOString() }),
        },
        secrets,
        triggers: [machine.machineId],
      },
      {
        parent: this,
        // The services of an old machine are stopped before it goes, not after the new one has come.
        deleteBeforeReplace: true,
        ignoreChanges: args.isDown ? [] : [`environment.${FOUND_DOWN}`],
        dependsOn: [machine.resource, ...(args.startAfter ?? []), ...rollAfter],
      },
    );

    this.plan = plan;
    this.address = pulumi.output(plan.address);
    this.machineId = machine.machineId;
    this.hostKey = pulumi.output(machine.hostKey);
    this.contentHash = pulumi
      .all([files, hashes])
      .apply(([files, hashes]) => sha256(JSON.stringify(hasTls(args.security) ? [files, hashes] : files)));
    const { address, machineId, hostKey, contentHash } = this;
    this.registerOutputs({ plan, address, machineId, hostKey, contentHash });
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Arguments of {@link createMembers}. */
export interface CreateMembersArgs {
  readonly plans: readonly NodePlan[];
  /** Names of the members that the stack's last deployment exported: they are changed one at a time. */
  readonly deployed: ReadonlySet<string>;
  /** Names of those of them that are down: they are mended first. */
  readonly down: ReadonlySet<string>;
  /** Names of members in the order in which those that lived are changed. @default the order of the plans */
  readonly order?: readonly string[];
  /** Whether one that is down keeps its place in that order. @default false: it comes first */
  readonly isFixed?: boolean;
  readonly settings: MemberSettings;
  /** What a member waits for before its services start, given the members before it. */
  readonly startAfter: (plan: NodePlan, earlier: readonly Member[]) => readonly pulumi.Resource[];
  /** What the first member that lived before waits for. */
  readonly rollAfter: readonly pulumi.Resource[];
  /**
   * What is done before any member that lived and is up is touched, given those that are new and those that were down, such
   * as that topics get replicas on new brokers.
   *
   * @returns what the others wait for
   * @default nothing
   */
  readonly grow?: (added: readonly Member[]) => readonly pulumi.Resource[];
}

/**
 * Makes members and chains those that lived before this update: each waits until the one before it is healthy, so that
 * Pulumi itself changes one at a time. One that is down comes first: it is mended before another one is stopped. New
 * ones put nothing at risk and start at once; when the cluster grows by them, it does so before the first is stopped.
 *
 * @returns the members in the order of the plans
 */
export function createMembers(args: CreateMembersArgs, opts: pulumi.ComponentResourceOptions): Member[] {
  const members: Member[] = [];
  const make = (plan: NodePlan, rollAfter: readonly pulumi.Resource[]): Member => {
    const [isDown, startAfter] = [args.down.has(plan.name), args.startAfter(plan, members)];
    const member = new Member(plan.name, { ...args.settings, plan, isDown, startAfter, rollAfter }, opts);
    members.push(member);
    return member;
  };
  const order = args.order ?? args.plans.map(({ name }) => name);
  const inOrder = args.plans.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const comesFirst = ({ name }: NodePlan): boolean => args.down.has(name) && !args.isFixed;
  // Those that are down don't wait for each other: together they may be the quorum that each of them needs.
  const mended = inOrder.filter(comesFirst).map((plan) => make(plan, args.rollAfter).applied);
  const up = inOrder.filter((plan) => !comesFirst(plan));
  // Before those that lived: they wait for no member that is restarted after them.
  for (const plan of up.filter(({ name }) => !args.deployed.has(name))) make(plan, []);
  const grown = args.grow?.([...members]) ?? [];
  let rollAfter = [...(mended.length > 0 ? mended : args.rollAfter), ...grown];
  for (const plan of up.filter(({ name }) => args.deployed.has(name))) rollAfter = [make(plan, rollAfter).applied];
  return args.plans.flatMap((plan) => members.filter((member) => member.plan === plan));
}
