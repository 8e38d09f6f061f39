import type { Service } from "../render/nodeFile.ts";
import { DISTRIBUTIONS_MOUNT } from "./mounts.ts";

/**
 * Name of the archive of a service's classes, beside the distribution that it is of: it holds for one JVM, which is the
 * image's, and for one class path.
 *
 * @param archive name of the distribution's file
 * @param imageKey key of the image's recipe
 */
export function classDataName(archive: string, imageKey: string, service: Service): string {
  return `${archive.replace(/\.(tar|tgz)$/, "")}-${imageKey}-${service}.jsa`;
}

/** Where a machine sees the archives of its services' classes. */
export function classDataPaths(archive: string, imageKey: string): Record<Service, string> {
  const path = (service: Service): string => `${DISTRIBUTIONS_MOUNT}/${classDataName(archive, imageKey, service)}`;
  return { zookeeper: path("zookeeper"), kafka: path("kafka") };
}
