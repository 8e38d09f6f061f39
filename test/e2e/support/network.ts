/** Network interfaces that a test puts in the program's way. */
import { run } from "../../../scripts/lib/exec.ts";

/** Gives an interface of its own an address for as long as the work takes. Nothing is ever sent to that network. */
export async function withAddress<T>(link: string, address: string, work: () => Promise<T>): Promise<T> {
  await run("ip", ["link", "add", link, "type", "bridge"]);
  try {
    await run("ip", ["address", "add", address, "dev", link]);
    return await work();
  } finally {
    await run("ip", ["link", "delete", link]);
  }
}
