/** Finds what takes one unit of load from a broker to another. */
export interface Shifts {
  readonly possible: (from: number, to: number) => boolean;
  readonly best: (from: number, to: number) => { readonly apply: () => void; readonly undo: () => void } | undefined;
}

/**
 * Evens out loads until no two brokers that something can go between, over others if need be, differ by more than one.
 * Each step takes the shortest way from the broker with the highest load, so that as little as possible is moved.
 *
 * @param load a broker's load
 * @param shifts what can take load from one broker to another
 */
export function balance(brokers: readonly number[], load: (broker: number) => number, shifts: Shifts): void {
  for (;;) {
    const way = improvingWay(brokers, load, shifts);
    if (!way) return;
    const undo: (() => void)[] = [];
    for (const [from, to] of way) {
      const step = shifts.best(from, to);
      if (!step) {
        // The first steps of a way may rule out its last one; then this is as even as it gets.
        for (const back of undo.reverse()) back();
        return;
      }
      step.apply();
      undo.push(step.undo);
    }
  }
}

/** Steps from a broker to one with a load that is lower by two or more. */
function improvingWay(
  brokers: readonly number[],
  load: (broker: number) => number,
  shifts: Shifts,
): (readonly [from: number, to: number])[] | undefined {
  const rising = [...brokers].sort((a, b) => load(a) - load(b) || a - b);
  const lowest = Math.min(...brokers.map(load));
  for (const start of [...rising].reverse().filter((broker) => load(broker) - lowest >= 2)) {
    const cameFrom = new Map<number, number>([[start, start]]);
    const queue = [start];
    for (const from of queue) {
      for (const to of rising) {
        if (cameFrom.has(to) || !shifts.possible(from, to)) continue;
        cameFrom.set(to, from);
        queue.push(to);
        if (load(start) - load(to) >= 2) return wayTo(to, cameFrom);
      }
    }
  }
  return undefined;
}

function wayTo(end: number, cameFrom: ReadonlyMap<number, number>): (readonly [number, number])[] {
  const steps: (readonly [number, number])[] = [];
  for (let to = end; cameFrom.get(to) !== to;) {
    const from = cameFrom.get(to)!;
    steps.unshift([from, to]);
    to = from;
  }
  return steps;
}
