/** Which events an endpoint asks for: groups with a wildcard, or types one by one. */

import { Checkbox } from "@mantine/core";
import styles from "./EventChoice.module.css";
import { type EventPattern, GROUPS } from "./events.ts";

interface Props {
  readonly patterns: readonly EventPattern[];
  readonly set: (patterns: readonly EventPattern[]) => void;
  readonly readOnly?: boolean;
}

export function EventChoice({ patterns, set, readOnly = false }: Props) {
  const without = (gone: readonly EventPattern[]) => patterns.filter((one) => !gone.includes(one));
  return (
    <div className={styles.groups}>
      {GROUPS.map(({ pattern, name, types }) => {
        const isWhole = patterns.includes(pattern);
        const some = types.some((type) => patterns.includes(type));
        return (
          <fieldset key={pattern} className={styles.group}>
            <legend className={styles.legend}>{name}</legend>
            <Checkbox
              label={<code>{pattern}</code>}
              description="all of them"
              checked={isWhole}
              indeterminate={!isWhole && some}
              onChange={(event) =>
                set(event.currentTarget.checked ? [...without(types), pattern] : without([pattern, ...types]))
              }
              disabled={readOnly}
            />
            {types.map((type) => (
              <Checkbox
                key={type}
                size="xs"
                label={<code>{type}</code>}
                checked={isWhole || patterns.includes(type)}
                disabled={readOnly || isWhole}
                onChange={(event) => set(event.currentTarget.checked ? [...patterns, type] : without([type]))}
              />
            ))}
          </fieldset>
        );
      })}
    </div>
  );
}
