import { cachedDistribution, ensureDistribution } from "../distribution/ensure.ts";
import type { Step } from "./steps.ts";

/**
 * The step that has Kafka's distribution in the cache. The deployment has it as a resource of its own, but once that is
 * on record nobody looks again: an archive that was damaged or removed since is put right here.
 *
 * @param version a supported version of Kafka
 */
export function distributionStep(version: string): Step {
  return {
    name: `Kafka ${version}`,
    isDone: async () => (await cachedDistribution(version)) !== undefined,
    run: async () => {
      await ensureDistribution(version);
    },
  };
}
