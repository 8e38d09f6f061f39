import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileHash } from "../lib/fileHash.ts";
import { fetchThroughProxy } from "../lib/proxy.ts";

/** How long a site may take to answer, in milliseconds: where it can't be reached, nobody waits long. */
const ANSWER_TIMEOUT_MS = 3_000;
/** How long an archive of some 150 MB may take, in milliseconds. */
const DOWNLOAD_TIMEOUT_MS = 900_000;

/**
 * Downloads a file and compares it with the SHA-256 that its makers publish in a list of checksums.
 *
 * @param url the file; its last segment is its name in the list
 * @param checksums URL of the list, as sha256sum writes it
 * @param file where to write it
 * @throws Error when a site can't be reached or answers with an error, or the file is not the published one
 */
export async function downloadVerified(url: string, checksums: string, file: string): Promise<void> {
  const name = url.slice(url.lastIndexOf("/") + 1);
  const list = await (await get(checksums, ANSWER_TIMEOUT_MS)).text();
  const expected = list
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([, listed]) => listed === name)?.[0];
  if (!expected) throw new Error(`${checksums} does not list ${name}`);
  const { body } = await get(url, DOWNLOAD_TIMEOUT_MS);
  if (!body) throw new Error(`${url} answered without content`);
  await pipeline(Readable.fromWeb(body), createWriteStream(file));
  const actual = await fileHash("sha256", file);
  if (actual !== expected.toLowerCase()) throw new Error(`${url} has SHA-256 ${actual}, published is ${expected}`);
}

async function get(url: string, timeoutMs: number): Promise<Response> {
  const response = await fetchThroughProxy(url, timeoutMs);
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  return response;
}
