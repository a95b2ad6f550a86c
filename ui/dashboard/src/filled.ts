/** Objects without what is undefined: parameters that are not asked for. Pure. */

type Filled<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The fields that have a value. */
export function filled<T extends object>(fields: T): Filled<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Filled<T>;
}
