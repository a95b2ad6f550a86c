/** Many things that come in a burst, handed over in few portions. */

/** The first is handed over at once; what comes within `quietMs` after a portion makes the next one. */
export class Folder<T> {
  private waiting: T[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  private readonly quietMs: number;
  private readonly take: (things: readonly T[]) => void;

  constructor(quietMs: number, take: (things: readonly T[]) => void) {
    this.quietMs = quietMs;
    this.take = take;
  }

  add(thing: T): void {
    this.waiting.push(thing);
    if (this.timer === undefined) {
      this.hand();
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting = [];
  }

  private hand(): void {
    const things = this.waiting;
    this.waiting = [];
    this.timer = undefined;
    if (things.length > 0) {
      this.take(things);
      this.timer = setTimeout(() => this.hand(), this.quietMs);
    }
  }
}
