import { constants } from "node:buffer";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { UserError } from "../lib/report.ts";
import goodsListing from "../messages/goodsListing.json" with { type: "json" };
import { jsonFault } from "./json.ts";

/** Stands for standard input among the files. */
export const STANDARD_INPUT = "-";

/** A JSON document to send. */
export interface Document {
  /** Where it comes from, for messages. */
  readonly source: string;
  /** Its own text, without the white space after it. */
  readonly bytes: Buffer;
}

/** How files become documents. */
export interface DocumentOptions {
  /** Each line of a file that is not empty is a document. @default a file is one */
  readonly lines?: boolean;
  /** Gives standard input. */
  readonly input?: () => Promise<Buffer>;
}

/**
 * The JSON documents to send, byte by byte as they are: numbers of any size, repeated keys and their order included; or the
 * built-in goods listing when there is no file.
 *
 * @throws UserError when a file can't be read, or is not UTF-8 or not JSON, with the place
 */
export async function readDocuments(files: readonly string[], options: DocumentOptions = {}): Promise<Document[]> {
  if (files.length === 0) return [{ source: "the goods listing", bytes: Buffer.from(JSON.stringify(goodsListing)) }];
  const { input = () => buffer(process.stdin), lines = false } = options;
  const documents: Document[] = [];
  for (const path of files) {
    const source = path === STANDARD_INPUT ? "standard input" : `--file ${path}`;
    const reading = path === STANDARD_INPUT ? input() : readFile(path);
    const bytes = await reading.catch((error: unknown) => {
      throw new UserError(`${source} can't be read: ${(error as Error).message}`);
    });
    documents.push(...(lines ? documentsOfLines(source, bytes) : [checked(source, bytes, 1)]));
  }
  if (documents.length === 0) throw new UserError(`${files.join(", ")}: there is no line with a document`);
  return documents;
}

function documentsOfLines(source: string, bytes: Buffer): Document[] {
  const documents: Document[] = [];
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf("\n", start);
    const piece = bytes.subarray(start, end === -1 ? bytes.length : end);
    if (trimmed(piece).length > 0) documents.push(checked(source, piece, line));
    start += piece.length + 1;
  }
  return documents;
}

function checked(source: string, bytes: Buffer, firstLine: number): Document {
  const text = textOf(source, bytes);
  const place = (before: string): string => {
    const line = firstLine + (before.match(/\n/g)?.length ?? 0);
    return `line ${line}, column ${[...before.slice(before.lastIndexOf("\n") + 1)].length + 1}`;
  };
  const wrong = invalidUtf8(bytes, text);
  if (wrong) {
    const shown = `0x${(bytes[wrong.byte] ?? 0).toString(16).padStart(2, "0")}`;
    throw new UserError(
      `${source} is not UTF-8: byte ${shown} at offset ${wrong.byte} (${place(text.slice(0, wrong.at))})` +
        (firstLine > 1 ? `, counted from the beginning of line ${firstLine}` : ""),
    );
  }
  if (text.startsWith("\uFEFF")) {
    throw new UserError(`${source} begins with a byte order mark, which is no JSON: save it as UTF-8 without one`);
  }
  const fault = jsonFault(text);
  if (fault) {
    const seen = fault.at < text.length ? JSON.stringify(text.slice(fault.at, fault.at + 20)) : "the end";
    throw new UserError(
      `${source} is not one JSON document: ${place(text.slice(0, fault.at))}: expected ${fault.expected}, seen ${seen}`,
    );
  }
  return { source: firstLine > 1 ? `${source}, line ${firstLine}` : source, bytes: trimmed(bytes) };
}

/** @throws UserError when the text is longer than Node.js can have one */
function textOf(source: string, bytes: Buffer): string {
  try {
    return bytes.toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_STRING_TOO_LONG") throw error;
    throw new UserError(
      `${source} is too long for one document: ${bytes.length} bytes, at most ${constants.MAX_STRING_LENGTH}; ` +
        "--lines takes each of its lines for one",
    );
  }
}

/** The bytes without the white space at their end. */
function trimmed(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && " \t\r\n".includes(String.fromCharCode(bytes[end - 1] ?? 0))) end -= 1;
  return bytes.subarray(0, end);
}

/** Where bytes are no UTF-8: a replacement character in their text that does not stand in the bytes. */
function invalidUtf8(bytes: Buffer, text: string): { byte: number; at: number } | undefined {
  let [byte, at] = [0, 0];
  for (;;) {
    const found = text.indexOf("\uFFFD", at);
    if (found === -1) return undefined;
    byte += Buffer.byteLength(text.slice(at, found));
    if (!bytes.subarray(byte, byte + 3).equals(REPLACEMENT)) return { byte, at: found };
    byte += REPLACEMENT.length;
    at = found + 1;
  }
}

const REPLACEMENT = Buffer.from("\uFFFD");
