/** Forth and back through a list. Where one is stands in the address (`after`, `before`). */

import { Button, Group } from "@mantine/core";
import { count } from "../format.ts";
import { useLocale } from "../locale.tsx";
import { type Raw, useUrl } from "../url.ts";
import { Icon } from "./Icon.tsx";
import styles from "./Pager.module.css";
import { type Listed, waysFrom } from "./paging.ts";

interface Props {
  /** The list's answer; undefined while it is on the way. */
  readonly list: Listed | undefined;
  /** What is counted: "payments". */
  readonly noun: string;
}

const readPlace = ({ after, before }: Raw) => ({ after, before });

export function Pager({ list, noun }: Props) {
  const locale = useLocale();
  const [place, change] = useUrl(readPlace);
  const ways = list === undefined ? undefined : waysFrom(list, place);
  const total = list?.total;
  return (
    <nav className={styles.pager} aria-label={`Pages of ${noun}`}>
      <span className={styles.total}>
        {total !== undefined && `${list?.total_capped ? "More than " : ""}${count(total, locale)} ${noun}`}
      </span>
      <Group gap={8}>
        <Button
          variant="default"
          size="compact-sm"
          disabled={ways?.previous === undefined}
          onClick={() => change({ after: null, before: null, ...ways?.previous })}
          leftSection={<Icon name="left" size={14} />}
        >
          Previous
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          disabled={ways?.next === undefined}
          onClick={() => change({ after: null, before: null, ...ways?.next })}
          rightSection={<Icon name="right" size={14} />}
        >
          Next
        </Button>
      </Group>
    </nav>
  );
}
