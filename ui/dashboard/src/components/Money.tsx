/** An amount of minor units with its currency. */

import { money } from "../format.ts";
import { useLocale } from "../locale.tsx";
import styles from "./Money.module.css";

interface Props {
  readonly minor: number;
  readonly currency: string;
  readonly testId?: string;
}

export function Money({ minor, currency, testId }: Props) {
  const locale = useLocale();
  return (
    <span className={styles.money} data-test-id={testId}>
      {money(minor, currency, locale)}
    </span>
  );
}
