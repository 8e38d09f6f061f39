import {
  type AclBinding,
  aclBindings,
  compareBindings,
  describeBinding,
  type Permission,
  principalOf,
} from "../../model/kafka/permissions.ts";
import { createAclsRequest, deleteAclsRequest, describeAclsRequest } from "../lib/aclProtocol.ts";
import type { Outcome } from "../lib/adminProtocol.ts";
import { reasonOf } from "../lib/adminRequests.ts";
import { progress, UserError } from "../lib/report.ts";
import { settled, type UserRequests } from "./userRequests.ts";

const SECURITY_DISABLED = 54;

/** What one broker knows of a user. */
interface View {
  readonly broker: number;
  /** Undefined when the broker has no authorizer. */
  readonly bindings: readonly AclBinding[] | undefined;
}

/**
 * Makes a user's access control entries those of its permissions, and waits until every broker that is there goes by
 * them. Entries of others are not touched.
 *
 * @returns their number
 * @throws UserError when a broker has no authorizer, and when Kafka refuses or is not done in time
 */
export async function setAcls(
  requests: UserRequests,
  user: string,
  permissions: readonly Permission[],
): Promise<number> {
  const wanted = aclBindings(user, permissions);
  const views = await viewsOf(requests, user);
  const without = views.filter(({ bindings }) => bindings === undefined).map(({ broker }) => broker);
  if (without.length > 0) {
    throw new UserError(
      `user ${user} can't be given permissions: broker ${without.join(", ")} has no authorizer; it has one where the setting security is opened, switched or secured`,
    );
  }
  await change(requests, user, wanted, views);
  if (wanted.length === 0) progress(`user ${user} has no permissions: it may log in and do nothing`);
  return wanted.length;
}

/**
 * Removes a user's access control entries, and is content when they are gone. Where no broker has an authorizer they mean
 * nothing and can't be removed: they stay.
 *
 * @throws UserError when Kafka refuses or is not done in time
 */
export async function deleteAcls(requests: UserRequests, user: string): Promise<void> {
  const views = await viewsOf(requests, user);
  if (views.every(({ bindings }) => bindings === undefined)) {
    progress(`user ${user}: the brokers have no authorizer, so what permissions it has mean nothing: they are left`);
    return;
  }
  await change(requests, user, [], views);
}

/** What each broker that is there knows. */
function viewsOf(requests: UserRequests, user: string): Promise<View[]> {
  return settled(`the brokers to tell the permissions of user ${user}`, async () => ({
    value: await askAll(requests, user),
  }));
}

/** @param views what each broker knows; a change by another broker can have come to one and not yet to the other */
async function change(
  requests: UserRequests,
  user: string,
  wanted: readonly AclBinding[],
  views: readonly View[],
): Promise<void> {
  const known = views.flatMap(({ bindings }) => (bindings ? [bindings] : []));
  const add = compareBindings(
    known.flatMap((bindings) => compareBindings(wanted, bindings).add),
    [],
  ).add;
  const { remove } = compareBindings(wanted, known.flat());
  // First what is given, so that a permission that only moves to another entry is never missing.
  await perform(requests, user, "added", add, createAclsRequest);
  await perform(requests, user, "removed", remove, deleteAclsRequest);
  await settled(`all brokers to know the permissions of user ${user}`, async () => {
    const behind = (await askAll(requests, user)).filter(({ bindings }) => {
      const { add, remove } = compareBindings(wanted, bindings ?? wanted);
      return add.length + remove.length > 0;
    });
    if (behind.length === 0) return { value: true };
    return { seen: `broker ${behind.map(({ broker }) => broker).join(", ")} does not yet` };
  });
}

async function perform(
  requests: UserRequests,
  user: string,
  done: string,
  bindings: readonly AclBinding[],
  request: typeof createAclsRequest,
): Promise<void> {
  if (bindings.length === 0) return;
  const outcomes = await requests.send("any", request(bindings), (answer) => answer);
  const refused = bindings.flatMap((binding, index) => {
    const outcome: Outcome | undefined = outcomes[index];
    return outcome && outcome.errorCode !== 0 ? [`${describeBinding(binding)}: ${reasonOf(outcome)}`] : [];
  });
  if (refused.length > 0) throw new UserError(`user ${user}: permissions can't be ${done}: ${refused.join("; ")}`);
  progress(`user ${user}: ${done}: ${bindings.map(describeBinding).join("; ")}`);
}

/** @throws Error when a broker does not answer, or refuses to */
async function askAll(requests: UserRequests, user: string): Promise<View[]> {
  const { brokers } = await requests.metadata();
  return Promise.all(
    brokers.map(async ({ id }): Promise<View> => {
      const principal = principalOf(user);
      const answer = await requests.send(id, describeAclsRequest(principal), (answer) => [answer]);
      if (answer.errorCode === SECURITY_DISABLED) return { broker: id, bindings: undefined };
      if (answer.errorCode !== 0) throw new Error(`broker ${id}: ${reasonOf(answer)}`);
      return { broker: id, bindings: answer.bindings.filter((binding) => binding.principal === principal) };
    }),
  );
}
