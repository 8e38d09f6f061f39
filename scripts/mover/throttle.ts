import type { PartitionReplicas } from "../../model/kafka/partition.ts";
import { kafkaReason } from "../lib/kafka.ts";
import { progress } from "../lib/report.ts";
import { waitFor } from "../lib/wait.ts";
import type { MoverRequests } from "./mover.ts";
import { limitsOf, standingLimits, withoutLimits } from "./limits.ts";

/** How long it is tried to set limits or to take them away, in milliseconds: longer than a broker that died is known. */
const SETTLE_TIMEOUT_MS = 30_000;

/** Pause between tries, in milliseconds. */
const INTERVAL_MS = 250;

/** What limits the moves of one run. Topics and brokers that are gone are left out. */
export class Throttle {
  readonly #requests: MoverRequests;
  readonly #held: readonly PartitionReplicas[];
  readonly #goals: readonly PartitionReplicas[];
  readonly #bytesPerSecond: number;
  readonly #topics: ReadonlySet<string>;
  /** Brokers that this run has given rates. */
  readonly #rated = new Set<number>();
  /** The topics that an operator limits, as said last. */
  #told = "";

  /** @param held where partitions are, without the copies that are being made */
  constructor(
    requests: MoverRequests,
    held: readonly PartitionReplicas[],
    goals: readonly PartitionReplicas[],
    bytesPerSecond: number,
  ) {
    this.#requests = requests;
    this.#held = held;
    this.#goals = goals;
    this.#bytesPerSecond = bytesPerSecond;
    this.#topics = new Set(goals.map(({ topic }) => topic));
  }

  /**
   * Sets the limits.
   *
   * @throws UserError when that is not possible for half a minute
   */
  begin(): Promise<void> {
    return settled("moves to be limited", async () => {
      await this.#set();
      return undefined;
    });
  }

  /** Sets them once more: another run that ends takes the brokers' rates away when it sees no moves. */
  async renew(): Promise<void> {
    // Nothing of a broker that is away moves; the next look tries again.
    await this.#set().catch(() => undefined);
  }

  /**
   * Takes the limits away, of the brokers when nothing of others is moved.
   *
   * @throws UserError when a broker has not taken that in after half a minute
   */
  end(): Promise<void> {
    return settled("limits of moves to be gone", async () => {
      const { topics, listed, brokers, rated } = await standingLimits(this.#requests);
      const others = (await this.#requests.movesUnderWay()).some(({ topic }) => !this.#topics.has(topic));
      const own = others ? [] : brokers.filter((id) => this.#rated.has(id));
      const ofTopics = listed.filter((topic) => this.#topics.has(topic) && topics.has(topic));
      await this.#requests.incrementalAlterConfigs(withoutLimits(ofTopics, own));
      // A broker learns of its own configs over ZooKeeper.
      const limiting = own.filter((id) => rated.includes(id));
      if (ofTopics.length + limiting.length === 0) return undefined;
      return [...ofTopics.map((topic) => `topic ${topic} has`), ...limiting.map((id) => `broker ${id} has`)].join(", ");
    });
  }

  #tell(operators: ReadonlySet<string>): void {
    const names = [...operators].sort().join(", ");
    if (names === this.#told) return;
    this.#told = names;
    if (names === "") return;
    progress(
      `topic ${names} has all its replicas limited by hand: the brokers' rates stay as they are for these moves`,
    );
  }

  async #set(): Promise<void> {
    const { brokers, topics, operators } = await standingLimits(this.#requests);
    // Where an operator limits all replicas of a topic, the brokers' rates go with that, and hold for these moves, too. Which
    // broker has none can't be told of one that is silent, nor of any of 2.4.0.
    const free = operators.size === 0 ? brokers : [];
    this.#tell(operators);
    const changes = limitsOf(this.#held, this.#goals, free, this.#bytesPerSecond).filter(
      ({ resource }) => resource.type !== "topic" || (topics.has(resource.name) && !operators.has(resource.name)),
    );
    for (const { resource } of changes) if (resource.type === "broker") this.#rated.add(resource.id);
    await this.#requests.incrementalAlterConfigs(changes);
  }
}

/** Tries until nothing is left to see; whatever is thrown, it tries again. */
export async function settled(what: string, attempt: () => Promise<string | undefined>): Promise<void> {
  const check = async (): Promise<{ value: true } | { seen: string }> => {
    const seen = await attempt().catch(kafkaReason);
    return seen === undefined ? { value: true } : { seen };
  };
  await waitFor(what, check, SETTLE_TIMEOUT_MS, INTERVAL_MS);
}
