import { UserError } from "../lib/report.ts";
import { waitFor } from "../lib/wait.ts";

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
   * Polls every 20 ms, as {@link waitFor} does, until the time limit.
   *
   * @throws UserError with what was seen last
   */
  poll<T>(what: string, check: () => Promise<{ value: T } | { seen: string }>): Promise<T> {
    return waitFor(what, check, this.remaining(), 20);
  }

  /**
   * Waits for work that can't be asked how far it is.
   *
   * @param seen says what there is instead when the time is up
   * @throws UserError when the time is up; the work itself goes on
   */
  async race<T>(what: string, work: Promise<T>, seen: () => string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new UserError(`no ${what} within the ${this.seconds} s of this run; seen instead: ${seen()}`));
      }, this.remaining());
    });
    try {
      return await Promise.race([work, expired]);
    } finally {
      clearTimeout(timer);
    }
  }

  private remaining(): number {
    return Math.max(0, this.endsAt - Date.now());
  }
}
