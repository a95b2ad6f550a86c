/** Descriptions of values that came from somewhere else, and the check of one against them. */

/** Says whether a value is what it should be. */
export type Check = (value: unknown) => boolean;

/** Field to what it must be. An object has no other field than these. */
export type Shape = Readonly<Record<string, Check>>;

export const flag: Check = (value) => typeof value === "boolean";

/** Text of at most so many UTF-16 units. */
export const text =
  (longest: number): Check =>
  (value) =>
    typeof value === "string" && value.length <= longest;

/** A whole number from 0 up to `most`. */
export const count =
  (most: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;

export const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value);

/** Also nothing, or an absent field. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

export const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

/** An object with these fields of its own and no other; inherited ones don't count. */
export const object =
  (shape: Shape): Check =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).every((field) => Object.hasOwn(shape, field)) &&
    Object.entries(shape).every(([field, check]) =>
      check(Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined),
    );
