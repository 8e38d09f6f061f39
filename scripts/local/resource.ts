import { result, runScript, UserError } from "../lib/report.ts";
import { readSpecVariable } from "../lib/scriptInput.ts";

/** What a resource script can do. `create` and `update` give the script's result. */
export interface Operations<Spec> {
  readonly create: (spec: Spec) => Promise<unknown>;
  /** @default create, where that brings an existing object up to date */
  readonly update?: (spec: Spec) => Promise<unknown>;
  readonly delete: (spec: Spec) => Promise<void>;
}

/** Runs the operation that the command line names on the spec in the environment variable KAFKA_CLUSTER_SPEC. */
export function runResource<Spec>(operations: Operations<Spec>): void {
  runScript(async () => {
    const operation = process.argv[2] ?? "(none)";
    const spec = readSpecVariable<Spec>();
    switch (operation) {
      case "create":
        result(await operations.create(spec));
        break;
      case "update":
        result(await (operations.update ?? operations.create)(spec));
        break;
      case "delete":
        await operations.delete(spec);
        break;
      default:
        throw new UserError(`operation ${operation}: allowed are create, update and delete`);
    }
  });
}
