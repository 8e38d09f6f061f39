import { record, type Rule, shown } from "./rule.ts";

const TYPES = ["aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"];

/** Required members of `metadataOptions`. One hop: a token never leaves the machine, not even into a container. */
const REQUIRED = { httpTokens: "required", httpPutResponseHopLimit: 1 } as const;

/** The instance metadata service answers only to who has fetched a token on the machine itself (IMDSv2). */
export const instanceMetadata: Rule = {
  name: "instance-metadata-tokens",
  description: "Instances give metadata only for a token (IMDSv2), which travels one hop.",
  check: ({ type, name, props }) => {
    if (!TYPES.includes(type)) return [];
    const options = record(props.metadataOptions) ?? {};
    if (options.httpEndpoint === "disabled") return [];
    return Object.entries(REQUIRED)
      .filter(([key, value]) => options[key] !== value)
      .map(
        ([key, value]) =>
          `${name}: metadataOptions.${key} is ${shown(options[key])}; set it to ${JSON.stringify(value)}`,
      );
  },
};
