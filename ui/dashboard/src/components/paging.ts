/** Pages of a list that goes by ids, not by numbers. Pure. */

/** What a list of the API tells of itself. */
export interface Listed {
  readonly data: readonly { readonly id: string }[];
  readonly has_more: boolean;
  /** Where the next page starts when its rows end before the page is full. */
  readonly next_cursor?: string | null | undefined;
  readonly total?: number;
  /** There are more than `total`; they were not counted. */
  readonly total_capped?: boolean;
}

/** What the address says of the page. */
export interface Place {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

export interface Ways {
  /** Undefined: there is none. `{}` is the first page. */
  readonly previous: Place | undefined;
  readonly next: Place | undefined;
}

/** Where one can go from this page. */
export function waysFrom(list: Listed, place: Place): Ways {
  const first = list.data[0]?.id;
  const last = list.next_cursor ?? list.data.at(-1)?.id;
  if (place.before !== undefined) {
    // `has_more` speaks of the way that one came: towards the beginning.
    return {
      previous: list.has_more && first !== undefined ? { before: first } : undefined,
      next: list.data.length > 0 ? { after: list.data.at(-1)?.id } : { after: undefined },
    };
  }
  const goesOn = list.has_more && last !== undefined;
  const previous = place.after === undefined ? undefined : first === undefined ? {} : { before: first };
  return { previous, next: goesOn ? { after: last } : undefined };
}

/** The parameters of the API for this place. */
export function placed({ after, before }: Place): { starting_after?: string; ending_before?: string } {
  return after !== undefined
    ? { starting_after: after }
    : before !== undefined
      ? { ending_before: before }
      : {};
}
