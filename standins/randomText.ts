import { randomInt } from "node:crypto";

/** Sets of characters to draw from, as in the documentation of `random.RandomString`. */
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const NUMERIC = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** How a text is made up, after the check of the inputs has put in the defaults. */
export interface TextRules {
  readonly length: number;
  readonly lower: boolean;
  readonly upper: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  readonly minLower: number;
  readonly minUpper: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  readonly overrideSpecial?: string;
}

/** Why no text can follow the rules, or nothing. */
export function impossible(rules: TextRules): string | undefined {
  const least = rules.minLower + rules.minUpper + rules.minNumeric + rules.minSpecial;
  if (least > rules.length)
    return `is ${rules.length}, less than the sum of minLower, minUpper, minNumeric and minSpecial (${least})`;
  if (!rules.lower && !rules.upper && !rules.numeric && !rules.special) {
    return "can't be reached: one of lower, upper, numeric and special has to be true";
  }
  return undefined;
}

function draw(characters: string, count: number): string[] {
  return Array.from({ length: count }, () => characters.charAt(randomInt(characters.length)));
}

/** Draws a text from the system's cryptographic random numbers, every text that follows the rules being possible. */
export function randomText(rules: TextRules): string {
  const special = rules.overrideSpecial ?? SPECIAL;
  const all = [
    rules.lower ? LOWER : "",
    rules.upper ? UPPER : "",
    rules.numeric ? NUMERIC : "",
    rules.special ? special : "",
  ].join("");
  const drawn = [
    ...draw(LOWER, rules.minLower),
    ...draw(UPPER, rules.minUpper),
    ...draw(NUMERIC, rules.minNumeric),
    ...draw(special, rules.minSpecial),
  ];
  drawn.push(...draw(all, rules.length - drawn.length));
  // Fisher-Yates: else the characters that have to be there would always come first.
  for (let last = drawn.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [drawn[last], drawn[other]] = [drawn[other] ?? "", drawn[last] ?? ""];
  }
  return drawn.join("");
}
