/** Spans of time as people write and read them. Pure. */

const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

const SECONDS: Record<string, number> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** `5400` is "1 h 30 min". */
export function span(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const [unit, size] of UNITS) {
    const whole = Math.floor(rest / size);
    if (whole > 0) {
      parts.push(`${whole} ${unit}`);
      rest -= whole * size;
    }
  }
  return parts.length === 0 ? "0 s" : parts.slice(0, 2).join(" ");
}

/** When attempts are made, counted from the first: gaps of 5 and 10 s are "at once, after 5 s, after 15 s". */
export function attemptsAt(gaps: readonly number[]): string {
  let at = 0;
  const later = gaps.map((gap) => {
    at += gap;
    return `after ${span(at)}`;
  });
  return ["at once", ...later].join(", ");
}

export const GAPS_MAX = 9;
const GAP_MIN_S = 5;
const GAP_MAX_S = 86_400;
const TOTAL_MAX_S = 72 * 3600;

/** "5s, 1 min, 2h" as seconds; null for no schedule of one's own; else what is wrong. */
export function readGaps(text: string): readonly number[] | null | { readonly problem: string } {
  const parts = text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (parts.length === 0) {
    return null;
  }
  const gaps = parts.map(readSpan);
  const wrong = parts.find((_, index) => gaps[index] === null);
  if (wrong !== undefined) {
    return { problem: `"${wrong}" is no span of time: write 30 s, 5 min, 2 h or 1 d.` };
  }
  return checked(gaps.filter((gap) => gap !== null));
}

function readSpan(text: string): number | null {
  const match = /^(\d{1,6})\s*(s|m|min|h|d)?$/.exec(text);
  const size = SECONDS[match?.[2] ?? "s"];
  return match === null || size === undefined ? null : Number(match[1]) * size;
}

function checked(gaps: readonly number[]): readonly number[] | { readonly problem: string } {
  if (gaps.length > GAPS_MAX) {
    return { problem: `At most ${GAPS_MAX} gaps, which are ${GAPS_MAX + 1} attempts.` };
  }
  const wrong = gaps.find((gap) => gap < GAP_MIN_S || gap > GAP_MAX_S);
  if (wrong !== undefined) {
    return { problem: `${span(wrong)} is out of bounds: a gap has from 5 s to 1 d.` };
  }
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  return total > TOTAL_MAX_S ? { problem: `${span(total)} in all is too long: at most 3 d.` } : gaps;
}

/** Seconds as `readGaps` takes them: each in the largest unit that has no rest. */
export function writeGaps(gaps: readonly number[] | null): string {
  return (gaps ?? [])
    .map((gap) => {
      const [unit, size] = UNITS.find(([, seconds]) => gap % seconds === 0) ?? ["s", 1];
      return `${gap / size} ${unit}`;
    })
    .join(", ");
}

/** Until then: "in 4 s", "now". Whole seconds, rounded up. */
export function countdown(at: string, now: Date): string {
  const seconds = Math.ceil((new Date(at).getTime() - now.getTime()) / 1000);
  return seconds <= 0 ? "now" : `in ${span(seconds)}`;
}
