import { setTimeout as sleep } from "node:timers/promises";
import type { OpenSocket } from "../lib/sockets.ts";
import { type AskedBroker, lookAgain } from "./askKafka.ts";
import type { Answer, ClusterFacts } from "./facts.ts";
import type { Look } from "./look.ts";
import { type Lag, lags, type Looks, stillLagging } from "./stalled.ts";
import { viewDifferences } from "./views.ts";

/**
 * How long a follower may get nothing, and brokers see different clusters, in milliseconds: longer than an election or a
 * pause of the garbage collector. A healthy cluster is there at the first look, under load at the second.
 */
const SETTLE_MS = 5_000;
/** Pause between two looks, in milliseconds; the first comes at once. */
const INTERVAL_MS = 500;

/** What is seen when nothing changes any more, or the time is up. */
export interface Settled {
  readonly cluster: Answer<ClusterFacts>;
  /** The last looks of the brokers that answered at first. */
  readonly looks: Looks;
  readonly stalled: readonly Lag[];
}

/**
 * Looks at the brokers again for as long as in-sync followers lack something and get nothing, or brokers see different
 * clusters, in at most {@link SETTLE_MS}. One that does not answer any more is left as it was seen last.
 */
export async function lookUntilSettled(
  openSocket: OpenSocket | undefined,
  brokers: readonly AskedBroker[],
  cluster: Answer<ClusterFacts>,
): Promise<Settled> {
  const answering = brokers.filter(({ answer }) => "value" in answer);
  let looks: Looks = new Map(answering.flatMap(({ id, answer }) => ("value" in answer ? [[id, answer.value]] : [])));
  let stalled = lags(looks);
  let seen = cluster;
  const deadline = Date.now() + SETTLE_MS;
  for (let pause = 0; openSocket && (stalled.length > 0 || differ(seen, looks)); pause = INTERVAL_MS) {
    if (Date.now() + pause > deadline) break;
    await sleep(pause);
    const again = await Promise.all(
      answering.map(async (asked): Promise<[number, Look][]> => {
        const answer = await lookAgain(openSocket, asked);
        const look = "value" in answer ? answer.value : looks.get(asked.id);
        return look ? [[asked.id, look]] : [];
      }),
    );
    looks = new Map(again.flat());
    stalled = stillLagging(stalled, looks);
    seen = withView(seen, looks);
  }
  return { cluster: seen, looks, stalled };
}

function differ(cluster: Answer<ClusterFacts>, looks: Looks): boolean {
  if ("seen" in cluster) return false;
  return [...looks.values()].some(({ metadata }) => viewDifferences(cluster.value.metadata, metadata).length > 0);
}

/** The cluster as the broker that was asked about it sees it now. */
function withView(cluster: Answer<ClusterFacts>, looks: Looks): Answer<ClusterFacts> {
  if ("seen" in cluster) return cluster;
  const look = looks.get(cluster.value.askedBroker);
  return look ? { value: { ...cluster.value, metadata: look.metadata } } : cluster;
}
