import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import type { Problem } from "../kafka/problem.ts";
import type { NodeFile } from "./nodeFile.ts";
import { INSTALL_SCRIPT } from "./machinePaths.ts";
import { userDataHead } from "./userDataHead.ts";

/** What cloud-init user data is made of. It holds no secret: whoever is on the machine can read it. */
export interface CloudInitSettings {
  readonly hostname: string;
  readonly files: readonly NodeFile[];
  /** Public SSH key of the deployer, as in authorized_keys. */
  readonly deployKey: string;
}

/**
 * Renders cloud-init user data: the deployer's user, the member's files, the install script. Services are installed and
 * enabled but not started; the apply Command starts them after it has brought the files up to date.
 */
export function renderUserData(settings: CloudInitSettings): string {
  const document = {
    ...userDataHead(settings.hostname, {
      gecos: "Deploys the Kafka cluster",
      shell: "/bin/bash",
      sudo: "ALL=(ALL) NOPASSWD:ALL",
      key: settings.deployKey,
    }),
    // What is secret or late comes with the first apply, before which no service starts.
    write_files: settings.files
      .filter(({ secret = false, late = false }) => !secret && !late)
      .map(({ path, mode, owner = "root:root", content }) => ({
        path,
        permissions: mode,
        owner,
        ...packed(mode, content),
      })),
    runcmd: [[INSTALL_SCRIPT]],
  };
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}

/** A script takes a third of its room compressed, and EC2 has little; what users have set stands there to be read. */
function packed(mode: string, content: string): { content: string; encoding?: "gz+b64" } {
  if (mode !== "0755") return { content };
  return { encoding: "gz+b64", content: gzipSync(content, { level: 9 }).toString("base64") };
}

/**
 * The most that user data may have on EC2, in bytes before base64.
 * Source: Amazon EC2 user guide, "Run commands when you launch an EC2 instance with user data input": 16 KB.
 */
export const EC2_USER_DATA_LIMIT = 16_384;

/** Says that a member's user data is too large for EC2; undefined when it is not. */
export function userDataProblem(member: string, userData: string): Problem | undefined {
  const size = new TextEncoder().encode(userData).length;
  if (size <= EC2_USER_DATA_LIMIT) return undefined;
  return {
    key: `${member}, user data in bytes`,
    value: size,
    allowed: `at most ${EC2_USER_DATA_LIMIT} (EC2's limit): shorten brokerProperties, which are most of what can grow`,
  };
}
