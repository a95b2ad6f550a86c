/** What changed from one text to another, line by line. Pure. */

export interface Line {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** Texts of more lines are compared as wholes: the table below grows with the product of both. */
const LINES_MAX = 600;

/** The lines of both, in order: those that both have once. */
export function diffLines(before: string, after: string): Line[] {
  const one = before.split("\n");
  const other = after.split("\n");
  if (before === after) {
    return one.map((text) => ({ kind: "same", text }));
  }
  if (one.length > LINES_MAX || other.length > LINES_MAX) {
    return [...one.map(gone), ...other.map(fresh)];
  }
  const common = commonTable(one, other);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    const left = one[i];
    const right = other[j];
    if (left !== undefined && left === right) {
      lines.push({ kind: "same", text: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push(gone(left));
      i += 1;
    } else if (right !== undefined) {
      lines.push(fresh(right));
      j += 1;
    }
  }
  return lines;
}

function gone(text: string): Line {
  return { kind: "gone", text };
}

function fresh(text: string): Line {
  return { kind: "new", text };
}

function at(table: readonly Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

/** `[i][j]`: how many lines the rests from `i` and from `j` have in common, in order. */
function commonTable(one: readonly string[], other: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      const row = table[i];
      if (row !== undefined) {
        row[j] =
          one[i] === other[j]
            ? at(table, i + 1, j + 1) + 1
            : Math.max(at(table, i + 1, j), at(table, i, j + 1));
      }
    }
  }
  return table;
}
