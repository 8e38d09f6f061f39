import { AssertionError } from "node:assert";
import { type Judgement, position } from "./judge.ts";
import type { PartitionPause, Pause } from "./pauses.ts";

/** Faults of a kind that are spelled out. */
const SHOWN = 5;
/** How long the test's process may stand still before its traffic counts for nothing, in milliseconds. */
const BLOCKED_MS = 2_000;

/** What the traffic was and what became of it. */
export interface TrafficReport extends Judgement {
  readonly topic: string;
  readonly partitions: number;
  /** From the first write to the last, in seconds. */
  readonly seconds: number;
  /** The longest time that writes to one partition stood still. */
  readonly pause: PartitionPause;
  /** The longest time that writes to all partitions stood still together. */
  readonly commonPause: Pause;
  /** The longest time that the test's own process stood still, so that it neither wrote nor heard, in milliseconds. */
  readonly blockedMs: number;
}

/** What a test demands beyond a faithful log. */
export interface Limits {
  /** Longest pause of one partition, in milliseconds. @default none */
  readonly pauseMs?: number;
}

/** The report in one line: counts, and the longest pauses with the time of day (UTC) at which they began. */
export function summary(report: TrafficReport): string {
  const { topic, partitions, seconds, acknowledged, read, lost, duplicated, reordered, failed, unknown } = report;
  const { pause, commonPause, blockedMs } = report;
  const perSecond = seconds > 0 ? acknowledged / seconds : 0;
  return [
    `traffic ${topic}: ${acknowledged} writes acknowledged in ${seconds.toFixed(1)} s ` +
      `(${perSecond.toFixed(0)}/s, ${partitions} partitions), ${read} records read`,
    `lost ${lost.length}, duplicated ${duplicated.length}, reordered ${reordered.length}, ` +
      `failed ${failed.length}, unknown ${unknown.length}`,
    `longest pause ${milliseconds(pause.ms)}${when(pause)} in partition ${pause.partition}, ` +
      `of all at once ${milliseconds(commonPause.ms)}${when(commonPause)}, of the test itself ${milliseconds(blockedMs)}`,
  ].join("; ");
}

/** The report with its first faults spelled out, one a line. */
export function describe(report: TrafficReport): string {
  const { lost, duplicated, reordered, failed, unknown } = report;
  return [
    summary(report),
    ...some("lost", lost, ({ write, seen }) => `${write.value} of ${position(write)}: ${seen}`),
    ...some("duplicated", duplicated, ({ value, at }) => `${value} at ${at.map(position).join(", ")}`),
    ...some("reordered", reordered, ({ write, behind }) => `${write.value} behind ${behind.value}`),
    ...some("failed", failed, ({ value, startedAt, endedAt, error }) => {
      return `${value} after ${milliseconds(endedAt - startedAt)}: ${error}`;
    }),
    ...some("unknown", unknown, (record) => `${record.value} at ${position(record)}`),
  ].join("\n");
}

/**
 * Asserts that writes went on and every acknowledged one is there, once and in order, that no write failed in spite of
 * its retries, and that nothing else is in the topic.
 *
 * @throws AssertionError with the report and its first faults
 */
export function assertNothingLost(report: TrafficReport, limits?: Limits): void {
  const found = faults(report, limits);
  if (found.length > 0) throw new AssertionError({ message: `${found.join("; ")}\n${describe(report)}` });
}

/** What is wrong with the traffic, one sentence each; empty when nothing is. */
export function faults(report: TrafficReport, { pauseMs = Infinity }: Limits = {}): string[] {
  return [
    report.acknowledged === 0 && "nothing was written",
    report.lost.length > 0 && "acknowledged writes were lost",
    report.duplicated.length > 0 && "writes are there twice",
    report.reordered.length > 0 && "writes are out of order",
    report.failed.length > 0 && "writes failed",
    report.unknown.length > 0 && "there are records that nobody wrote",
    report.pause.ms > pauseMs && `writes stood still for more than ${milliseconds(pauseMs)}`,
    report.blockedMs > BLOCKED_MS && `the test's own process stood still for more than ${milliseconds(BLOCKED_MS)}`,
  ].filter((fault) => fault !== false);
}

function some<T>(what: string, faults: readonly T[], line: (fault: T) => string): string[] {
  const more = faults.length > SHOWN ? [`  ${what}: … and ${faults.length - SHOWN} more`] : [];
  return [...faults.slice(0, SHOWN).map((fault) => `  ${what}: ${line(fault)}`), ...more];
}

function milliseconds(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

function when({ from }: Pause): string {
  return from === undefined ? "" : ` from ${new Date(from).toISOString().slice(11, 23)}`;
}
