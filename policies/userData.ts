import { type CheckedResource, record, type Rule } from "./rule.ts";
import { secretsIn } from "./secretText.ts";

/** User data of a resource, by the paths of the properties that carry it. */
function userDataOf({ type, props }: CheckedResource): readonly (readonly [path: string, text: unknown])[] {
  switch (type) {
    case "aws:ec2/instance:Instance":
      return [
        ["userData", props.userData],
        ["userDataBase64", props.userDataBase64],
      ];
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return [["userData", props.userData]];
    case "command:local:Command":
      return [["environment.USER_DATA", record(props.environment)?.USER_DATA]];
    default:
      return [];
  }
}

const REMEDY = "user data can be read on the machine and in the cloud's console: hand it over SSH after the boot";

/** Nothing secret stands in user data, packed or not; unit tests see the marks of Pulumi secrets, too. */
export const userData: Rule = {
  name: "no-secret-in-user-data",
  description: "No private key, AWS key or password stands in user data.",
  check: (resource) =>
    userDataOf(resource).flatMap(([path, text]) => {
      // A secret's parent is marked when the whole of it is secret.
      const isSecret = resource.secrets?.some((secret) => secret === path || path.startsWith(`${secret}.`));
      return [...(typeof text === "string" ? secretsIn(text) : []), ...(isSecret ? ["a Pulumi secret"] : [])].map(
        (found) => `${resource.name}: ${path} holds ${found}; ${REMEDY}`,
      );
    }),
};
