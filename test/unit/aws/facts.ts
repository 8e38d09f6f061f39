import { askAws } from "../../../components/aws/askAws.ts";
import type { AwsFacts } from "../../../model/aws/awsFacts.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
import { deploy } from "../components/deploy.ts";
import { AWS } from "./awsMock.ts";

/** What the mocked AWS says of a region and of all that settings name in it. */
export async function factsFor(raw: Record<string, unknown>): Promise<AwsFacts> {
  const settings = checkSettings(raw);
  if (settings.platform !== "aws") throw new Error("these are no settings of the platform aws");
  const answers: AwsFacts[] = [];
  await deploy(async () => answers.push(await askAws(settings)), {}, AWS);
  const [facts] = answers;
  if (!facts) throw new Error("AWS was not asked");
  return facts;
}
