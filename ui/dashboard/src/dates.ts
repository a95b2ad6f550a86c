/** Days as a filter has them, and the instants that the API takes. Pure. */

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The first instant of a day of the reader's time zone, in UTC; undefined for what is no day. */
export function startOfDay(day: string | undefined): string | undefined {
  return instant(day, 0);
}

/** The first instant after that day: the API's `created_to` is not included. */
export function endOfDay(day: string | undefined): string | undefined {
  return instant(day, 1);
}

function instant(day: string | undefined, daysLater: number): string | undefined {
  if (day === undefined || !DAY.test(day)) {
    return undefined;
  }
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + daysLater);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** The day of an instant, in the reader's time zone. */
export function dayOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
