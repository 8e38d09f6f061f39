import * as pulumi from "@pulumi/pulumi";
import { resultOf, scriptCommand } from "./scriptCommand.ts";
import * as random from "@pulumi/random";
import type { Reach, ReachSecrets } from "../model/reach.ts";
import { renderProperties } from "../model/render/properties.ts";
import type { UserSettings } from "../model/settings/userSettings.ts";
import type { UserResult, UserSecrets, UserSpec } from "../model/specs/userSpec.ts";
import type { SpecBroker } from "../model/specs/verificationSpec.ts";

/** Arguments of {@link User}. */
export interface UserArgs extends UserSettings {
  /** The cluster's brokers, where the deployer reaches them. */
  readonly brokers: readonly SpecBroker[];
  /** The same without TLS, for the user's deletion. @default there is no such way */
  readonly plaintextBrokers?: readonly SpecBroker[];
  /** How to get to the brokers. */
  readonly reach: pulumi.Input<Reach>;
  /** How the deployer shows who it is, a secret. */
  readonly secrets: pulumi.Input<ReachSecrets>;
  /** Where the user's clients bootstrap: `host:9094,…`. */
  readonly clientBrokers: pulumi.Input<string>;
  /** Certificates of the authorities that the user's clients trust, as PEM text. */
  readonly authorities: pulumi.Input<string>;
  /** What the user is of and goes with: when it is destroyed, the user's own deletion has nothing left to do. */
  readonly cluster?: pulumi.Resource;
  /** What has to be healthy before the user is touched. */
  readonly startAfter?: readonly pulumi.Resource[];
}

/** What a user's client made with kafkajs needs: pass it to `new Kafka(…)`. */
export interface KafkajsConfig {
  readonly brokers: string[];
  readonly ssl: { readonly ca: string[]; readonly allowPartialTrustChain: true };
  readonly sasl: { readonly mechanism: "scram-sha-512"; readonly username: string; readonly password: string };
}

/** Length of a password: 32 of 62 letters and digits are some 190 bits. */
const PASSWORD_LENGTH = 32;

/**
 * A user that the program makes, with a password of its own and its permissions, and changes in place from then on. It is
 * deleted when the program names it no more.
 */
export class User extends pulumi.ComponentResource {
  /** The user's name, known when it is there. */
  readonly name: pulumi.Output<string>;
  /** A secret. */
  readonly password: pulumi.Output<string>;
  /** A file `client.properties` of a client made with Kafka's Java library; a secret. */
  readonly clientProperties: pulumi.Output<string>;
  /** The same for kafkajs; a secret. */
  readonly kafkajs: pulumi.Output<KafkajsConfig>;
  /** Depend on it to come after the user is there. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: UserArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:User", name, {}, opts);
    const {
      name: username,
      passwordGeneration,
      permissions,
      brokers,
      plaintextBrokers,
      reach,
      cluster,
      startAfter,
    } = args;

    const generated = new random.RandomPassword(
      `${name}-password`,
      { length: PASSWORD_LENGTH, special: false, keepers: { generation: String(passwordGeneration) } },
      { parent: this },
    );
    const password = pulumi.secret(generated.result);
    const spec = pulumi.output(reach).apply((reach): UserSpec => ({
      name: username,
      permissions,
      brokers,
      ...(plaintextBrokers && { plaintextBrokers }),
      reach,
    }));
    const secrets = pulumi
      .all([args.secrets, password])
      .apply(([secrets, password]): UserSecrets => ({ ...secrets, password }));
    const managed = scriptCommand(
      `${name}-managed`,
      {
        create: "user ensure",
        // Also for another password or another certificate of the deployer: they stand in the standard input.
        update: "user ensure",
        delete: "user delete",
        spec,
        secrets,
        triggers: [username],
      },
      {
        parent: this,
        // Under one name, the deletion of the old one after the creation of the new one would delete the new one.
        deleteBeforeReplace: true,
        ...(cluster && { deletedWith: cluster }),
        dependsOn: [...(startAfter ?? [])],
      },
    );

    this.name = resultOf<UserResult>(managed).apply(({ name }) => name);
    this.password = password;
    const access = pulumi.all([args.clientBrokers, args.authorities, password]);
    this.clientProperties = access.apply(([bootstrap, authorities, password]) =>
      clientProperties(bootstrap, authorities, username, password),
    );
    this.kafkajs = access.apply(([bootstrap, authorities, password]): KafkajsConfig => ({
      brokers: bootstrap.split(","),
      // An authority of one's own may have another one above it that nobody has to trust.
      ssl: { ca: [authorities], allowPartialTrustChain: true },
      sasl: { mechanism: "scram-sha-512", username, password },
    }));
    this.ready = managed;
    this.registerOutputs({
      name: this.name,
      password: this.password,
      clientProperties: this.clientProperties,
      kafkajs: this.kafkajs,
    });
  }
}

function clientProperties(bootstrap: string, authorities: string, username: string, password: string): string {
  // Neither needs quoting in there: a name has letters, digits, '.', '_' and '-', a password letters and digits.
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`;
  return renderProperties([
    ["bootstrap.servers", bootstrap],
    ["security.protocol", "SASL_SSL"],
    ["sasl.mechanism", "SCRAM-SHA-512"],
    ["sasl.jaas.config", login],
    ["ssl.truststore.type", "PEM"],
    ["ssl.truststore.certificates", authorities],
  ]);
}
