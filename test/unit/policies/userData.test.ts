import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import { secretsIn } from "../../../policies/secretText.ts";
import { userData } from "../../../policies/userData.ts";
import { deployCluster } from "../components/program.ts";
import { violations } from "./violations.ts";

const KEY = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const PEM = 'a private key ("-----BEGIN PRIVATE KEY-----")';

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const zipped = (text: string): string => gzipSync(text).toString("base64");
/** A cloud-init document with one file, as `write_files` has it. */
const withFile = (file: Record<string, string>): string => `#cloud-config\n${stringify({ write_files: [file] })}`;

test("secrets are found in plain text, and shown only as far as they are none", () => {
  const cases: readonly (readonly [text: string, found: readonly string[]])[] = [
    [KEY, [PEM]],
    ["-----BEGIN EC PRIVATE KEY-----", ['a private key ("-----BEGIN EC PRIVATE KEY-----")']],
    ["-----BEGIN ENCRYPTED PRIVATE KEY-----", ['a private key ("-----BEGIN ENCRYPTED PRIVATE KEY-----")']],
    ["-----BEGIN OPENSSH PRIVATE KEY-----", ['a private key ("-----BEGIN OPENSSH PRIVATE KEY-----")']],
    ["key: AKIAIOSFODNN7EXAMPLE", ['an AWS access key ("AKIA")']],
    ["aws_secret_access_key = wJalrXUtnFEMI", ['an AWS secret key ("aws_secret_access_key =")']],
    ["ssl.keystore.password=hunter2", ['a password ("ssl.keystore.password=")']],
    // As Kafka's tools are told of a user's password, and kafkajs.
    ["SCRAM-SHA-512=[iterations=8192,password=hunter2]", ['a password ("password=")']],
    [JSON.stringify({ sasl: { mechanism: "scram-sha-512", password: "hunter2" } }), ['a password ("password\\":")']],
    [JSON.stringify({ file: '{"password": "hunter2"}' }), ['a password ("password\\\\\\":")']],
    ['  "password": "hunter2"', ['a password ("password\\":")']],
    ["plain_text_passwd: hunter2", ['a password ("plain_text_passwd:")']],
    [
      'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="a" password="b";',
      ['a password ("password=")'],
    ],
    [
      'KafkaServer { PlainLoginModule required user_admin="b"; };',
      ['a JAAS user ("PlainLoginModule required user_admin=")'],
    ],
  ];
  for (const [text, found] of cases) assert.deepEqual(secretsIn(text), found, text);
});

test("what only resembles a secret is none", () => {
  const texts = [
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGbM4J3nTqvHnTt0s1fGfXgO0r0H5kq4 deployer",
    "ssl.keystore.password=${file:/run/secrets/kafka.properties:keystore}",
    "password.encoder.iterations=4096",
    JSON.stringify({ password: "", file: '{"password": ""}' }),
    "lock_passwd: true\nssh_pwauth: false",
    "# the password is asked for later",
  ];
  for (const text of texts) assert.deepEqual(secretsIn(text), [], text);
});

test("secrets are found in what is packed", () => {
  const file = withFile({ path: "/k", encoding: "b64", content: base64(KEY) });
  const zippedFile = withFile({ path: "/k", encoding: "gz+b64", content: zipped(KEY) });
  const mime = `Content-Transfer-Encoding: base64\n\n${base64(KEY).replace(/.{76}/g, "$&\n")}\n--boundary--`;
  for (const text of [file, zippedFile, mime, base64(file), zipped(zippedFile)]) {
    assert.deepEqual(secretsIn(text), [PEM], text);
  }
  assert.deepEqual(secretsIn(base64("password: a")), ['a password ("password:")']);
  assert.deepEqual(secretsIn(zipped(withFile({ path: "/k", content: "harmless" }))), []);
});

test("each resource type's user data is read", () => {
  const check = (type: string, props: Record<string, unknown>, secrets: string[] = []): readonly string[] =>
    userData
      .check({ type, name: "r", props, opts: { protect: false }, secrets }, {})
      .map((message) => message.split("; ")[0] ?? "");
  const instance = "aws:ec2/instance:Instance";
  assert.deepEqual(check(instance, { userData: "#cloud-config\n", userDataBase64: zipped("#cloud-config\n") }), []);
  assert.deepEqual(check(instance, { userData: KEY }), [`r: userData holds ${PEM}`]);
  assert.deepEqual(check(instance, { userDataBase64: zipped(KEY) }), [`r: userDataBase64 holds ${PEM}`]);
  assert.deepEqual(check("aws:ec2/launchTemplate:LaunchTemplate", { userData: base64(KEY) }), [
    `r: userData holds ${PEM}`,
  ]);
  const command = "command:local:Command";
  assert.deepEqual(check(command, { stdin: KEY, environment: { SPEC: "{}" } }, ["stdin"]), []);
  assert.deepEqual(check(command, { environment: { USER_DATA: KEY } }), [`r: environment.USER_DATA holds ${PEM}`]);
  assert.deepEqual(check(command, { environment: { USER_DATA: "x" } }, ["environment"]), [
    "r: environment.USER_DATA holds a Pulumi secret",
  ]);
});

test("the local platform's resources keep all rules", async () => {
  const resources = await deployCluster({ zookeeper: { placement: "dedicated", count: 3 } });
  assert.ok(
    resources.some(({ inputs }) => typeof (inputs.environment as Record<string, unknown>)?.USER_DATA === "string"),
  );
  assert.deepEqual(violations(resources, { "data-volumes-protected": { requireProtection: true } }), []);
});
