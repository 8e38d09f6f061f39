import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { UserError } from "../../../scripts/lib/report.ts";
import {
  alterScramCredentialsRequest,
  describeScramCredentialsRequest,
  type ScramCredential,
} from "../../../scripts/lib/scramProtocol.ts";
import { credentialOf, deleteCredential, setCredential } from "../../../scripts/users/scram.ts";
import { FakeSecurity } from "./fakeSecurity.ts";

const PASSWORD = "correctHorse9BatteryStaple";

const hmac = (key: Buffer, text: string | Buffer): Buffer => createHmac("sha512", key).update(text).digest();
const hash = (bytes: Buffer): Buffer => createHash("sha512").update(bytes).digest();
const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));

/** `Hi` of RFC 5802, section 2.2, word by word. */
function hi(password: string, salt: Buffer, iterations: number): Buffer {
  let u = hmac(Buffer.from(password), Buffer.concat([salt, Buffer.from([0, 0, 0, 1])]));
  let result = u;
  for (let i = 1; i < iterations; i += 1) {
    u = hmac(Buffer.from(password), u);
    result = xor(result, u);
  }
  return result;
}

/** Whether a broker that has the credential lets in who knows the password: RFC 5802, section 3. */
function letsIn({ salt, iterations, saltedPassword }: ScramCredential, password: string): boolean {
  const first = "n=etl,r=client";
  const challenge = `r=clientserver,s=${salt.toString("base64")},i=${iterations}`;
  const message = `${first},${challenge},c=biws,r=clientserver`;
  // What the client sends, by what it has typed and what it was told.
  const clientKey = hmac(hi(password, salt, iterations), "Client Key");
  const proof = xor(clientKey, hmac(hash(clientKey), message));
  // What the broker makes of it, by what it keeps.
  const storedKey = hash(hmac(saltedPassword, "Client Key"));
  return hash(xor(proof, hmac(storedKey, message))).equals(storedKey);
}

test("the credential lets in who knows the password, and nobody else", () => {
  const credential = credentialOf(PASSWORD);
  assert.ok(letsIn(credential, PASSWORD));
  assert.ok(!letsIn(credential, `${PASSWORD} `));
  assert.equal(credential.iterations, 8192);
  assert.equal(credential.salt.length, 32);
  assert.notDeepEqual(credentialOf(PASSWORD).salt, credential.salt, "another salt each time");
});

test("a credential's request in bytes", async () => {
  const credential = { iterations: 8192, salt: Buffer.from([1, 255]), saltedPassword: Buffer.alloc(130, 7) };
  const request = alterScramCredentialsRequest([
    { user: "etl", credential },
    { user: "old", credential: undefined },
  ]).request;
  assert.deepEqual([request.apiKey, request.apiVersion], [51, 0]);
  const text = (name: string): number[] => [4, ...Buffer.from(name)];
  const expected = [
    [0], // tagged fields of the header
    [2, ...text("old"), 2, 0], // deletions: one, its mechanism, its end
    [2, ...text("etl"), 2, 0, 0, 0x20, 0, 3, 1, 255, 0x83, 0x01, ...Buffer.alloc(130, 7), 0], // upsertions
    [0],
  ];
  assert.deepEqual([...(await request.encode()).buffer], expected.flat());
});

test("a question for credentials in bytes, and an answer", async () => {
  const { request, response } = describeScramCredentialsRequest(["etl"]);
  assert.deepEqual([request.apiKey, request.apiVersion], [50, 0]);
  assert.deepEqual([...(await request.encode()).buffer], [0, 2, 4, ...Buffer.from("etl"), 0, 0]);
  const answer = [
    [0, 0, 0, 0, 0, 0, 0, 0], // header's tagged fields, throttle time, no error, no message
    [3, 4, ...Buffer.from("etl"), 0, 0, 0, 3, 1, 0, 0, 16, 0, 0, 2, 0, 0, 32, 0, 0, 0], // two credentials
    [4, ...Buffer.from("old"), 0, 91, 3, ...Buffer.from("no"), 1, 0],
    [0],
  ];
  assert.deepEqual(await response.decode(Buffer.from(answer.flat())), {
    errorCode: 0,
    errorMessage: null,
    users: [
      {
        user: "etl",
        errorCode: 0,
        errorMessage: null,
        credentials: [
          { mechanism: 1, iterations: 4096 },
          { mechanism: 2, iterations: 8192 },
        ],
      },
      { user: "old", errorCode: 91, errorMessage: "no", credentials: [] },
    ],
  });
});

test("a user gets its password from the controller; setting it again replaces it, and the password itself is not sent", async () => {
  const security = new FakeSecurity();
  const received = await security.run(async (requests, cluster) => {
    cluster.controller = 2;
    await setCredential(requests, "etl", "former");
    await setCredential(requests, "etl", PASSWORD);
  });
  const credential = security.credentials.get("etl");
  assert.ok(credential && letsIn(credential, PASSWORD));
  assert.equal(received.filter((request) => request === "51v0 at 2").length, 2);
  assert.ok(!JSON.stringify(credential.saltedPassword.toString()).includes(PASSWORD));
});

test("a password that Kafka refuses is an error without the password", async () => {
  const security = new FakeSecurity();
  security.credentialError = 31;
  await security.run(async (requests) => {
    await assert.rejects(setCredential(requests, "etl", PASSWORD), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^user etl can't be given its password: Cluster authorization failed/);
      assert.ok(!error.message.includes(PASSWORD));
      return true;
    });
    await assert.rejects(deleteCredential(requests, "etl"), {
      message: "the password of user etl can't be deleted: Cluster authorization failed",
    });
  });
});

test("a user's password is deleted, and one that is gone is no error", async () => {
  const security = new FakeSecurity();
  await security.run(async (requests) => {
    await setCredential(requests, "etl", PASSWORD);
    await setCredential(requests, "other", PASSWORD);
    await deleteCredential(requests, "etl");
    await deleteCredential(requests, "etl");
  });
  assert.deepEqual([...security.credentials.keys()], ["other"]);
});
