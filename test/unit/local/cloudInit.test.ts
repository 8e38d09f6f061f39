import assert from "node:assert/strict";
import { test } from "node:test";
import { lastingErrors } from "../../../scripts/lib/awaitCloudInit.ts";

const result = (...errors: string[]): string => JSON.stringify({ v1: { datasource: "DataSourceNoCloud", errors } });

test("cloud-init's errors last, but for those of the install script, which the apply runs again", () => {
  const install = "('scripts_user', RuntimeError('Runparts: 1 failures (runcmd) in 1 attempted commands'))";
  const users = "('users_groups', ValueError('Unable to create user'))";
  assert.deepEqual(lastingErrors(result()), []);
  assert.deepEqual(lastingErrors(result(install)), []);
  assert.deepEqual(lastingErrors(result(install, users)), [users]);
});
