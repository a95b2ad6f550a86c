/** On through the trail, and back to its beginning: it goes one way. */

import { Button, Group } from "@mantine/core";
import { type Raw, useUrl } from "../../url.ts";
import type { Deed } from "./people.ts";

interface Props {
  readonly list: { readonly data: readonly Deed[]; readonly has_more: boolean } | undefined;
}

const read = ({ after }: Raw) => after;

export function TrailPager({ list }: Props) {
  const [after, change] = useUrl(read);
  return (
    <nav aria-label="Pages of the trail">
      <Group gap={8} justify="flex-end">
        <Button
          variant="default"
          size="compact-sm"
          disabled={after === undefined}
          onClick={() => change({ after: null })}
        >
          Newest
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          disabled={!list?.has_more}
          onClick={() => change({ after: list?.data.at(-1)?.id })}
        >
          Older
        </Button>
      </Group>
    </nav>
  );
}
