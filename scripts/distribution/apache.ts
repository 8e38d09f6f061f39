import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fetchThroughProxy } from "../lib/proxy.ts";
import { fileHash } from "../lib/fileHash.ts";

/** How Apache's site is asked for a SHA-512. */
export interface Patience {
  /** How long it may take to answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly tries: number;
  /** Pause between tries, in milliseconds. */
  readonly pauseMs: number;
}

/** Where something else can be had instead, nobody waits long for a site that can't be reached. */
const WITH_FALLBACK: Patience = { timeoutMs: 3_000, tries: 1, pauseMs: 0 };
/** Where nothing else can be had. */
const WITHOUT_FALLBACK: Patience = { timeoutMs: 30_000, tries: 3, pauseMs: 2_000 };
/** How long the archive of some 120 MB may take, in milliseconds. */
const DOWNLOAD_TIMEOUT = 900_000;

/**
 * The SHA-512 that Apache publishes beside an archive, in lower-case hexadecimal.
 *
 * @param patience how long to try. @default 30 s, three times: nothing stands in for it
 * @throws Error when the site can't be reached or answers with something else, the last time it was tried
 */
export async function publishedSha512(url: string, patience = WITHOUT_FALLBACK): Promise<string> {
  const { timeoutMs, tries, pauseMs } = patience;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return parseSha512(await text(await fetchThroughProxy(`${url}.sha512`, timeoutMs)));
    } catch (error) {
      if (attempt >= tries) throw error;
      await sleep(pauseMs);
    }
  }
}

/**
 * Downloads Apache's archive and compares it with the SHA-512 published beside it.
 *
 * @param file where to write it
 * @throws Error when the site can't be reached, answers with an error, or the archive is not the published one
 */
export async function downloadArchive(url: string, file: string): Promise<void> {
  const expected = await publishedSha512(url, WITH_FALLBACK);
  const archive = await fetchThroughProxy(url, DOWNLOAD_TIMEOUT);
  if (!archive.ok || !archive.body) throw new Error(`${url} answered ${archive.status} ${archive.statusText}`);
  await pipeline(Readable.fromWeb(archive.body), createWriteStream(file));
  const actual = await fileHash("sha512", file);
  if (actual !== expected) throw new Error(`${url} has SHA-512 ${actual}, published is ${expected}`);
}

async function text(response: Response): Promise<string> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status} ${response.statusText}`);
  return response.text();
}

/**
 * Reads Apache's .sha512 file: as gpg writes it (`NAME: 0A1B2C3D …` over several lines) or as sha512sum does.
 *
 * @throws Error when there are not 128 hexadecimal digits
 */
export function parseSha512(content: string): string {
  const digits = content
    .replace(/^[^:\s]+:/, "")
    .replace(/ [ *]\S+\s*$/, "")
    .replace(/\s/g, "");
  if (!/^[0-9a-f]{128}$/i.test(digits)) throw new Error(`not a SHA-512: ${JSON.stringify(content.slice(0, 200))}`);
  return digits.toLowerCase();
}
