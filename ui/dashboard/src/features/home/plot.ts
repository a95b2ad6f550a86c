/** Plots' geometry: figures in, coordinates of an SVG out. Pixels may be fractions; the amounts they stand for are not. */

/** The drawing's inside, in SVG units. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** The axis: from 0 to `top`, with a line at each tick. */
export interface Scale {
  readonly top: number;
  readonly ticks: readonly number[];
}

/** A scale for figures up to `most`, in about `count` steps of 1, 2 or 5 times a power of ten; whole numbers. */
export function scaleTo(most: number, count = 3): Scale {
  const rough = Math.max(most, 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? rough,
  );
  const ticks = [0];
  while ((ticks.at(-1) ?? 0) < most || ticks.length < 2) {
    ticks.push(step * ticks.length);
  }
  return { top: ticks.at(-1) ?? step, ticks };
}

/** The place of a figure, from the top. */
export function yOf(value: number, { top }: Scale, { height }: Box): number {
  return round(height - (Math.min(value, top) / top) * height);
}

/** A bar of a plot. */
export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One bar for each figure, side by side; a figure that is not zero is never invisible. */
export function bars(values: readonly number[], scale: Scale, box: Box): Bar[] {
  const slot = box.width / Math.max(values.length, 1);
  const gap = Math.min(slot * 0.25, 6);
  return values.map((value, index) => {
    const y = value > 0 ? Math.min(yOf(value, scale, box), box.height - 1) : box.height;
    return { x: round(index * slot + gap / 2), y, width: round(slot - gap), height: round(box.height - y) };
  });
}

/** A line through the figures, each in the middle of its slot; broken where there is none. */
export function line(values: readonly (number | null)[], scale: Scale, box: Box): string {
  const slot = box.width / Math.max(values.length, 1);
  let path = "";
  let isDrawing = false;
  for (const [index, value] of values.entries()) {
    if (value !== null) {
      path += `${isDrawing ? "L" : "M"}${round((index + 0.5) * slot)} ${yOf(value, scale, box)}`;
    }
    isDrawing = value !== null;
  }
  return path;
}

/** The figures that stand alone in a line, which would draw nothing: they get a dot. */
export function lonely(values: readonly (number | null)[]): number[] {
  const there = (index: number): boolean => (values[index] ?? null) !== null;
  return [...values.keys()].filter((index) => there(index) && !there(index - 1) && !there(index + 1));
}

/** Which slots get their label, so that about `most` of them fit: the last one always, then at equal steps back. */
export function labelled(count: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(count / most));
  return [...Array(count).keys()].filter((index) => (count - 1 - index) % step === 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
