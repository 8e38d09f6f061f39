import { summary, type TrafficReport } from "./report.ts";
import { deleteTopic } from "./topic.ts";
import { Traffic, type TrafficOptions } from "./traffic.ts";

/**
 * Changes a cluster while it is written to, and says what became of the writes.
 *
 * The topic is made for it and deleted afterwards. Every partition has to acknowledge writes before the change and after
 * it. The report is printed, too, in one line. Connections are closed and the topic is deleted also after an error.
 *
 * At least one of the brokers that it bootstraps from has to stay: clients that connect anew begin with these.
 *
 * @param change what is done to the cluster. It must not block the process, which does the writing.
 * @throws what the change throws; UserError when writes don't begin, or don't go on within 60 s after the change; Error
 *   when the topic can't be read to its end
 */
export async function underTraffic(
  options: TrafficOptions,
  change: (traffic: Traffic) => Promise<unknown>,
): Promise<TrafficReport> {
  const traffic = await Traffic.start(options);
  try {
    await traffic.flowing();
    await change(traffic);
    await traffic.flowing();
    const report = await traffic.stop();
    process.stdout.write(`${summary(report)}\n`);
    return report;
  } finally {
    traffic.close();
    await deleteTopic(options, options.topic);
  }
}
