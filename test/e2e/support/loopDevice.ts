/** Block devices that a test makes out of sparse files. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, truncate, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { run } from "../../../scripts/lib/exec.ts";

const GIB = 2 ** 30;

/** A loop device with its file. */
export class LoopDevice {
  /** The device, `/dev/loop0`. */
  readonly path: string;
  readonly file: string;

  private constructor(path: string, file: string) {
    this.path = path;
    this.file = file;
  }

  /** Makes an empty one. */
  static async create(file: string, sizeGiB: number): Promise<LoopDevice> {
    await writeFile(file, "");
    await truncate(file, sizeGiB * GIB);
    return new LoopDevice((await run("losetup", ["--find", "--show", file])).trim(), file);
  }

  /** Makes it larger; what is on it stays. */
  async grow(sizeGiB: number): Promise<void> {
    await truncate(this.file, sizeGiB * GIB);
    await run("losetup", ["--set-capacity", this.path]);
  }

  /** SHA-256 of all that is on it. */
  async hash(): Promise<string> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(this.path), hash);
    return hash.digest("hex");
  }

  /** Writes bytes. */
  async write(position: number, bytes: Uint8Array): Promise<void> {
    const device = await open(this.path, "r+");
    try {
      await device.write(bytes, 0, bytes.length, position);
      await device.sync();
    } finally {
      await device.close();
    }
  }

  /** Makes it empty again. */
  async clear(): Promise<void> {
    await run("blkdiscard", ["--force", "--zeroout", this.path]);
  }
}

/** Devices whose file's path contains a text. */
export async function loopDevices(part: string): Promise<string[]> {
  const lines = await run("losetup", ["--list", "--noheadings", "--output", "NAME,BACK-FILE"]);
  return lines
    .split("\n")
    .filter((line) => line.includes(part))
    .map((line) => line.split(/\s+/)[0] ?? "");
}

/** Detaches those of {@link loopDevices}. */
export async function detachLoopDevices(part: string): Promise<void> {
  for (const device of await loopDevices(part)) await run("losetup", ["--detach", device]);
}
