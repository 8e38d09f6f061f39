import { readFile } from "node:fs/promises";
import { UserError } from "../lib/report.ts";
import goodsListing from "../messages/goodsListing.json" with { type: "json" };

/**
 * The JSON documents to send: one from each file, or the built-in goods listing when there is no file.
 *
 * @throws UserError when a file can't be read or isn't JSON
 */
export async function readDocuments(files: readonly string[]): Promise<unknown[]> {
  return files.length === 0 ? [goodsListing] : Promise.all(files.map(readDocument));
}

async function readDocument(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new UserError(`--file ${path} can't be read: ${(error as Error).message}`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UserError(`--file ${path} is not one JSON document: ${(error as Error).message}`);
  }
}
