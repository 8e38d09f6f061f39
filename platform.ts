import * as pulumi from "@pulumi/pulumi";
import { LocalPlatform } from "./components/local/localPlatform.ts";
import type { Platform } from "./components/platform.ts";
import type { Settings } from "./components/settings.ts";

/** Makes the platform that the settings name. */
export function createPlatform(settings: Settings): Platform {
  switch (settings.platform) {
    case "local":
      return new LocalPlatform("local", {
        stack: pulumi.getStack(),
        subnet: settings.subnet,
        version: settings.kafkaVersion,
        machine: settings.machine,
      });
    default:
      return settings.platform satisfies never;
  }
}
