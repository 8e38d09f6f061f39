import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/**
 * The SSH key pair that the program deploys with: made once, the private half encrypted in the stack's state and
 * nowhere else.
 */
export class DeployerKey extends pulumi.ComponentResource {
  /** OpenSSH private key; a secret. */
  readonly privateKey: pulumi.Output<string>;
  /** The line for authorized_keys. */
  readonly publicKey: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:DeployerKey", name, {}, opts);
    const pair = new command.local.Command(
      `${name}-pair`,
      { create: "node scripts/run.mjs sshKey", update: "true", logging: "none" },
      // A second key pair would lock the program out of the machines that trust the first.
      { parent: this, additionalSecretOutputs: ["stdout", "stderr"], ignoreChanges: ["create", "update"] },
    );
    const parsed = pair.stdout.apply((json) => JSON.parse(json) as { privateKey: string; publicKey: string });
    this.privateKey = pulumi.secret(parsed.apply((keys) => keys.privateKey));
    this.publicKey = pulumi.unsecret(parsed.apply((keys) => keys.publicKey));
    this.registerOutputs({ privateKey: this.privateKey, publicKey: this.publicKey });
  }
}
