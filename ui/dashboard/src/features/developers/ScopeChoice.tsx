/** What a key may read and write, area by area. Nobody can hand on more than they may do themselves. */

import { Checkbox } from "@mantine/core";
import { areaName, areasOf } from "./keyTerms.ts";
import styles from "./ScopeChoice.module.css";

interface Props {
  /** What there is to choose from. */
  readonly mine: readonly string[];
  readonly chosen: readonly string[];
  readonly set: (scopes: readonly string[]) => void;
}

export function ScopeChoice({ mine, chosen, set }: Props) {
  const box = (area: string, what: "read" | "write") => {
    const scope = `${area}:${what}`;
    return (
      <Checkbox
        aria-label={`${areaName(area)}: ${what}`}
        checked={chosen.includes(scope)}
        disabled={!mine.includes(scope)}
        onChange={(event) =>
          set(event.currentTarget.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))
        }
      />
    );
  };
  return (
    <table className={styles.areas}>
      <thead>
        <tr>
          <th scope="col">Area</th>
          <th scope="col">Read</th>
          <th scope="col">Write</th>
        </tr>
      </thead>
      <tbody>
        {areasOf(mine).map(({ name }) => (
          <tr key={name}>
            <th scope="row">{areaName(name)}</th>
            <td>{box(name, "read")}</td>
            <td>{box(name, "write")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
