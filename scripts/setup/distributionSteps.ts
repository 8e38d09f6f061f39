import { kafkaVersion } from "../../model/kafka/versions.ts";
import { cachedDistribution, ensureDistribution } from "../distribution/ensureDistribution.ts";
import type { Archive } from "../distribution/store.ts";
import { classDataStep } from "./classDataStep.ts";
import type { Step } from "./runSteps.ts";

/**
 * The steps that have Kafka's distribution in the cache, and the archives of its services' classes. The deployment has the
 * distribution as a resource of its own, but once that is on record nobody looks again: an archive that was damaged or
 * removed since is put right here.
 *
 * @param version a supported version of Kafka
 */
export function distributionSteps(version: string): Step[] {
  // It is hashed whole each time that it is looked up.
  let archive: Archive | undefined;
  return [
    {
      name: `Kafka ${version}`,
      isDone: async () => (archive = await cachedDistribution(version)) !== undefined,
      run: async () => {
        archive = await ensureDistribution(version);
      },
    },
    classDataStep(kafkaVersion(version), () => Promise.resolve(archive)),
  ];
}
