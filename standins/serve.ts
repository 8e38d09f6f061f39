import { main, type Provider } from "@pulumi/pulumi/provider/index.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import { CommandFailure } from "./shell.ts";

/** How often to look whether the engine still lives, in milliseconds. */
const PARENT_CHECK_MS = 1_000;

/** Sends a line to the engine that started this plugin; it is shown beside the resource until the next one comes. */
export function logLine(urn: string, line: string): Promise<void> {
  const request = new engine.LogRequest();
  request.setSeverity(engine.LogSeverity.INFO);
  request.setUrn(urn);
  request.setMessage(line);
  request.setEphemeral(true);
  return new Promise((resolve) => {
    // A line that can't be shown must not fail the command that wrote it.
    const client = settings.getEngine();
    if (client)
      client.log(request, () => {
        resolve();
      });
    else resolve();
  });
}

/** Serves a provider to the engine that started this process, until that engine ends. */
export async function serve(provider: Provider): Promise<void> {
  const args = process.argv.slice(2);
  const engineAddress = args.find((arg) => /^[^-].*:\d+$/.test(arg)) ?? "";
  settings.resetOptions("", "", -1, engineAddress, "", false, "");

  // The SDK's server writes the stack of every error that it also returns. Of a failed command, that is noise.
  const writeError = console.error.bind(console);
  console.error = (...texts: unknown[]) => {
    if (!String(texts[0]).startsWith(CommandFailure.name)) writeError(...texts);
  };

  // An engine that was killed can't cancel: then its plugins and what they run would go on without it.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    void Promise.resolve(provider.cancel?.()).finally(() => process.exit(1));
  }, PARENT_CHECK_MS);

  await main(provider, args);
}
