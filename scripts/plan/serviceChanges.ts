import type { ApplySpec } from "../../model/specs/applySpec.ts";
import { brokerDefinitions } from "../../model/kafka/definitions.ts";
import { propertyChange } from "../../model/kafka/dynamicChange.ts";
import { COLLECTOR } from "../../model/render/javaCommand.ts";
import type { NodeFile, Service } from "../../model/render/nodeFile.ts";
import { INSTALL_SETTINGS, KAFKA_TLS, SERVER_PROPERTIES, ZOOKEEPER_TLS } from "../../model/render/machinePaths.ts";
import { parseProperties } from "../../model/render/properties.ts";

const TLS_FILES = [...Object.values(KAFKA_TLS), ...Object.values(ZOOKEEPER_TLS)];

/**
 * Says what an apply will do on its member, from its spec before and after: it takes for granted that the member is as the
 * last apply has left it.
 *
 * @returns a phrase a service, such as `kafka is restarted: heap.broker`; never empty
 */
export function serviceChanges(before: ApplySpec, after: ApplySpec): string[] {
  const phrases = after.services.flatMap((service) => serviceChange(service, before, after));
  if (phrases.length > 0) return phrases;
  const written = differing(before, after).map(({ path }) => path);
  return [
    written.length > 0 ? `nothing is restarted: files ${written.join(", ")}` : "is looked at, nothing is changed",
  ];
}

/** The files of either side that the other one has not, or has otherwise. */
function differing(before: ApplySpec, after: ApplySpec): NodeFile[] {
  const has = (spec: ApplySpec, file: NodeFile): boolean =>
    spec.files.some(
      ({ path, mode, owner }) =>
        path === file.path &&
        mode === file.mode &&
        owner === file.owner &&
        contentOf(spec, path) === shownContent(file),
    );
  const changed = after.files.filter((file) => !has(before, file));
  const gone = before.files.filter(({ path }) => !after.files.some((file) => file.path === path));
  return [...changed, ...gone];
}

function serviceChange(service: Service, before: ApplySpec, after: ApplySpec): string[] {
  const read = differing(before, after).filter(
    // Another mode alone restarts nothing.
    ({ path, restarts }) => restarts.includes(service) && contentOf(before, path) !== contentOf(after, path),
  );
  if (read.length === 0) return [];
  if (before.security !== after.security) {
    return [`${service} is restarted: security ${before.security} becomes ${after.security}`];
  }
  const reasons = otherReasons(
    service,
    read.filter(({ path }) => path !== SERVER_PROPERTIES),
    before,
    after,
  );
  const change = propertyChange(
    brokerDefinitions(after.kafkaVersion),
    service === "kafka" ? propertiesOf(before) : {},
    service === "kafka" ? propertiesOf(after) : {},
  );
  if (change.kind === "dynamic" && reasons.length === 0) {
    const set = Object.entries(change.set).map(([key, value]) => `${key}=${value}`);
    return set.length > 0 ? [`${service} takes ${set.join(", ")} while it runs`] : [];
  }
  const because = [...(change.kind === "restart" ? change.because : []), ...reasons];
  return [`${service} is restarted: ${because.join(", ")}`];
}

function propertiesOf(spec: ApplySpec): Record<string, string> {
  return parseProperties(contentOf(spec, SERVER_PROPERTIES));
}

function contentOf({ files }: ApplySpec, path: string): string {
  const file = files.find((file) => file.path === path);
  return file ? shownContent(file) : "";
}

/** What can be told of a file's content: of a secret no more than whether it is another one. */
function shownContent({ content, sha256 = "" }: NodeFile): string {
  return `${content}${sha256}`;
}

/** Names what restarts a service apart from the broker's properties: the setting where one can be told, else the files. */
function otherReasons(service: Service, files: readonly NodeFile[], before: ApplySpec, after: ApplySpec): string[] {
  if (files.length === 0) return [];
  if (before.kafkaVersion !== after.kafkaVersion) {
    return [`kafkaVersion ${before.kafkaVersion} becomes ${after.kafkaVersion}`];
  }
  const settings: string[] = [];
  const paths: string[] = [];
  for (const { path } of files) {
    if (path === INSTALL_SETTINGS) settings.push("Kafka's distribution");
    else if (TLS_FILES.includes(path)) settings.push("certificates");
    else {
      const because = unitChange(service, contentOf(before, path), contentOf(after, path));
      if (because.length > 0) settings.push(...because);
      else paths.push(path);
    }
  }
  return [...new Set(settings), ...(paths.length > 0 ? [`files ${paths.join(", ")}`] : [])];
}

/** The settings that explain all of a systemd unit's change; none when something else of it is changed, too. */
function unitChange(service: Service, before: string, after: string): string[] {
  const [was, is] = [partsOf(before), partsOf(after)];
  if (was.rest !== is.rest) return [];
  const unit = service === "kafka" ? "broker" : "zookeeper";
  return [
    ...(was.heap === is.heap ? [] : [`heap.${unit}`]),
    ...(was.options === is.options ? [] : [`jvmOptions.${unit}`]),
    ...(was.classData === is.classData ? [] : ["class data"]),
    ...(was.classPath === is.classPath ? [] : ["class path"]),
  ];
}

/**
 * What a systemd unit's command line is explained by, part by part, and all else of the unit but for the program's
 * own collector: whether that is there follows the options.
 */
interface UnitParts {
  /** `-Xms… -Xmx…` */
  readonly heap: string;
  /** The archive of the service's classes. */
  readonly classData: string;
  /** The options between the program's last one and the class path. */
  readonly options: string;
  /** An argument file, or `-cp …` in a unit of before. */
  readonly classPath: string;
  readonly rest: string;
}

function partsOf(unit: string): UnitParts {
  const [, before = unit, heap = "", middle = "", classData = "", log = "", options = "", classPath = "", after = ""] =
    /^([\s\S]*?)( -Xms\S+ -Xmx\S+)(.*?)( -XX:SharedArchiveFile=\S+ -XX:\+VerifySharedSpaces)?( -Dlog4j\.configuration=\S+)(.*)( -cp \S+| @\/\S+)( [\s\S]*)$/.exec(
      unit,
    ) ?? [];
  return {
    heap,
    classData,
    options,
    classPath,
    rest: before + middle.replace(` ${COLLECTOR.join(" ")}`, "") + log + after,
  };
}
