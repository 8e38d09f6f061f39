import { UserError } from "../lib/report.ts";
import { waitFor, within } from "../lib/wait.ts";

/** The one time limit of a run, shared by all of its steps. */
export class Deadline {
  private readonly endsAt: number;
  private readonly seconds: number;

  /** @param seconds from now */
  constructor(seconds: number) {
    this.seconds = seconds;
    this.endsAt = Date.now() + seconds * 1000;
  }

  /**
   * Polls every 20 ms, as {@link waitFor} does, until the time limit; a check that is under way then is given up.
   *
   * @throws UserError with what was seen last
   */
  poll<T>(what: string, check: () => Promise<{ value: T } | { seen: string }>): Promise<T> {
    let seen = "no answer yet";
    const remembered = async () => {
      const outcome = await check();
      if ("seen" in outcome) seen = outcome.seen;
      return outcome;
    };
    return this.race(what, waitFor(what, remembered, this.remaining(), 20), () => seen);
  }

  /**
   * Waits for work that can't be asked how far it is.
   *
   * @param seen says what there is instead when the time is up
   * @throws UserError when the time is up; the work itself goes on
   */
  race<T>(what: string, work: Promise<T>, seen: () => string): Promise<T> {
    const late = (): UserError =>
      new UserError(
        `waited in vain for ${what}, up to the limit of ${this.seconds} s for the whole run; seen instead: ${seen()}`,
      );
    return within(this.remaining(), work, late);
  }

  private remaining(): number {
    return Math.max(0, this.endsAt - Date.now());
  }
}
