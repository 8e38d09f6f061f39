import { PROTECT_TAG, ROLE_TAG, type Rule, tagOf } from "./rule.ts";

const REMEDY = "set the resource option protect, so that no destroy or replacement deletes it";

/** What holds a member's data is not deleted by an update where the stack says so. */
export const protection: Rule = {
  name: "data-volumes-protected",
  description: `What is tagged ${PROTECT_TAG} is protected, and with requireProtection every data volume.`,
  settings: { requireProtection: { type: "boolean", default: false } },
  check: (resource, { requireProtection }) => {
    if (resource.opts.protect) return [];
    const promised = tagOf(resource, PROTECT_TAG);
    if (promised === "true") return [`${resource.name}: tag ${PROTECT_TAG} is "true", protect is false; ${REMEDY}`];
    const isData = resource.type === "aws:ebs/volume:Volume" && tagOf(resource, ROLE_TAG) === "data";
    return requireProtection === true && isData
      ? [`${resource.name}: a data volume, protect is false, and requireProtection is on; ${REMEDY}`]
      : [];
  },
};
