import assert from "node:assert/strict";
import { test } from "node:test";
import { isDestroying, type Process } from "../../../scripts/lib/destroying.ts";

/** What is told when these command lines stand above the script, the nearest first. */
function told(...lines: string[]): boolean {
  let asked = 0;
  return isDestroying((): Process | undefined => {
    const line = lines[asked++];
    return line === undefined ? undefined : { parent: 100 + asked, command: line.split(" ") };
  });
}

test("a destroy is told by the command of Pulumi's CLI above the script", () => {
  assert.equal(told("sh -c node", "node plugin", "/home/p/bin/pulumi destroy --yes --skip-preview"), true);
  assert.equal(told("sh -c node", "pulumi --logtostderr down"), true);
  assert.equal(told("sh -c node", "pulumi up --yes --replace urn destroy"), false);
  assert.equal(told("sh -c node", "pulumi-resource-command 127.0.0.1:1", "pulumi up", "npm run destroy"), false);
});

test("without Pulumi above it, nothing is being destroyed", () => {
  assert.equal(told("bash", "sshd"), false);
  assert.equal(isDestroying(), false);
});
