import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { SETTINGS } from "../../model/settings/settingsTable.ts";
import { kafkaArgs } from "./kafkaArgs.ts";
import { projectConfig } from "./projectConfig.ts";
import { settingsPage } from "./settingsPage.ts";

/** Lines of docs/settings.md between which the table's part is; what is around them is written by hand. */
const BEGIN = "<!-- From here on `npm run settings` writes, from model/settings/settingsTable.ts -->";
const END = "<!-- Up to here -->";

/** The files that come from the table of settings, by path, as they have to be. */
export async function writtenFiles(): Promise<Map<string, string>> {
  const texts: readonly (readonly [path: string, text: string])[] = [
    ["Pulumi.yaml", replaced("Pulumi.yaml", /^config:\n.*/ms, projectConfig(SETTINGS))],
    [
      "docs/settings.md",
      replaced(
        "docs/settings.md",
        new RegExp(`${BEGIN}.*${END}`, "s"),
        [BEGIN, settingsPage(SETTINGS), END].join("\n\n"),
      ),
    ],
    ["model/settings/kafkaArgs.ts", kafkaArgs(SETTINGS)],
  ];
  const formatted = texts.map(async ([path, text]): Promise<[string, string]> => {
    const options = await resolveConfig(path);
    return [
      path,
      await format(text, { ...options, filepath: path, ...(path.endsWith(".md") && { proseWrap: "always" }) }),
    ];
  });
  return new Map(await Promise.all(formatted));
}

/** The text of a file with another part in it. */
function replaced(path: string, part: RegExp, text: string): string {
  const former = readFileSync(path, "utf8");
  if (!part.test(former)) throw new Error(`${path} has no part for the settings: ${part.source}`);
  return former.replace(part, () => text);
}
