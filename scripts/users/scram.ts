import { pbkdf2Sync, randomBytes } from "node:crypto";
import { reasonOf } from "../lib/adminRequests.ts";
import { progress, UserError } from "../lib/report.ts";
import {
  alterScramCredentialsRequest,
  describeScramCredentialsRequest,
  SCRAM_SHA_512,
  type ScramCredential,
} from "../lib/scramProtocol.ts";
import { settled, type UserRequests } from "./userRequests.ts";

/** How often the hash is taken. Kafka itself takes 4096; a password of this program's is not to be guessed anyway. */
const ITERATIONS = 8192;
/** In bytes. */
const SALT_LENGTH = 32;
/** What SHA-512 gives, in bytes. */
const HASH_LENGTH = 64;

const RESOURCE_NOT_FOUND = 91;

/**
 * What the brokers keep in place of a password (RFC 5802, section 3: SaltedPassword). They never see the password itself.
 *
 * @param password ASCII, so that it needs no preparation by SASLprep
 */
export function credentialOf(password: string, salt = randomBytes(SALT_LENGTH)): ScramCredential {
  const saltedPassword = pbkdf2Sync(password, salt, ITERATIONS, HASH_LENGTH, "sha512");
  return { iterations: ITERATIONS, salt, saltedPassword };
}

/**
 * Gives a user its password, in place of any that it has.
 *
 * @throws UserError when Kafka refuses, or does not have it in time
 */
export async function setCredential(requests: UserRequests, user: string, password: string): Promise<void> {
  const request = alterScramCredentialsRequest([{ user, credential: credentialOf(password) }]);
  const [outcome] = await requests.send("controller", request, (outcomes) => outcomes);
  if (outcome && outcome.errorCode !== 0) {
    throw new UserError(`user ${user} can't be given its password: ${reasonOf(outcome)}`);
  }
  await settled(`the credential of user ${user}`, async () => {
    const described = await requests.send("controller", describeScramCredentialsRequest([user]), (answer) => [answer]);
    if (described.errorCode !== 0) return { seen: reasonOf(described) };
    const credentials = described.users.find((one) => one.user === user)?.credentials ?? [];
    return credentials.some(({ mechanism }) => mechanism === SCRAM_SHA_512) ? { value: true } : { seen: "none" };
  });
  progress(`user ${user}: password set`);
}

/**
 * Takes a user's password away, and is content when it is gone.
 *
 * @throws UserError when Kafka refuses
 */
export async function deleteCredential(requests: UserRequests, user: string): Promise<void> {
  const request = alterScramCredentialsRequest([{ user, credential: undefined }]);
  const [outcome] = await requests.send("controller", request, (outcomes) => outcomes);
  if (outcome?.errorCode === RESOURCE_NOT_FOUND) {
    progress(`user ${user} is gone already`);
    return;
  }
  if (outcome && outcome.errorCode !== 0) {
    throw new UserError(`the password of user ${user} can't be deleted: ${reasonOf(outcome)}`);
  }
  progress(`user ${user} deleted: it can't log in any more`);
}
