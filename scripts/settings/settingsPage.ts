import { allowedFor, type PlatformName, type Setting, type SettingTable } from "../../model/settings/setting.ts";
import { below, withoutValue } from "./words.ts";

/** The sections of docs/settings.md, and the settings in each. */
export const SECTIONS: readonly (readonly [title: string, ...keys: string[]])[] = [
  ["The cluster", "platform", "kafkaVersion", "interBrokerProtocolVersion", "brokerCount", "zookeeper"],
  ["Properties and JVMs", "brokerProperties", "heap", "jvmOptions"],
  ["Network and machines", "subnet", "firstAddress", "machine"],
  ["Changes of a cluster that lives", "rollout", "rebalance"],
  ["Topics", "verification", "topics"],
  ["Security", "security", "certificates", "users", "deployerPrivateKey"],
  ["On AWS alone", "aws", "distribution"],
];

/** What docs/settings.md says of each setting, in Markdown. */
export function settingsPage(table: SettingTable): string {
  const sections = SECTIONS.map(([title, ...keys]) => {
    const settings = keys.flatMap((key) => {
      const setting = table[key];
      if (setting === undefined) throw new Error(`SECTIONS names "${key}", which is no setting`);
      return described(key, setting, "###");
    });
    return [`## ${title}`, ...settings].join("\n\n");
  });
  return sections.join("\n\n");
}

/** The paragraphs about a setting, and about those below it. */
function described(key: string, setting: Setting, heading: "###" | "####", platform?: PlatformName): string[] {
  const alone =
    setting.platform === platform || setting.platform === undefined ? [] : [`Platform \`${setting.platform}\` alone.`];
  const text = [setting.description, ...alone, ...(setting.more === undefined ? [] : [setting.more])].join(" ");
  // Of a list's entries the keys are told apart from those of a map.
  const path = setting.type === "maps" ? `${key}[]` : key;
  return [
    `${heading} \`${key}\``,
    text,
    ...factsOf(setting),
    ...changesOf(setting),
    ...Object.entries(below(setting)).flatMap(([inner, value]) =>
      described(`${path}.${inner}`, value, "####", setting.platform ?? platform),
    ),
  ];
}

/** One line with what is allowed and what holds without a value. */
function factsOf(setting: Setting): string[] {
  if (setting.type === "map") return [];
  const none = withoutValue(setting);
  return [
    [
      `Allowed: ${allowedFor(setting)}.`,
      ...("items" in setting ? [`Each entry: ${setting.items.allowed}.`] : []),
      ...("entries" in setting ? [`Entries: ${setting.entries}.`] : []),
      none === undefined ? "It has to be given." : `Default: ${none}.`,
    ].join(" "),
  ];
}

function changesOf({ change }: Setting): string[] {
  if (change === undefined) return [];
  if (typeof change === "string") return [`Change: ${change}.`];
  return [["Change:", "", ...change.map(({ of, does }) => `- ${of}: ${does}.`)].join("\n")];
}
