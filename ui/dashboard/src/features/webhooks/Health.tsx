/** How an endpoint fares, in a badge and a sentence. */

import { Badge } from "../../components/StatusBadge.tsx";
import { When } from "../../components/When.tsx";
import styles from "./Health.module.css";
import type { Endpoint } from "./useEndpoints.ts";

type Fares = Pick<Endpoint, "url" | "enabled" | "disabled_reason" | "disabled_at" | "failing_since">;

/** In a table: a badge, and since when. */
export function Health({ endpoint }: { endpoint: Fares }) {
  const { url, enabled, disabled_at, failing_since } = endpoint;
  if (url === null) {
    return <Badge tone="calm">No URL</Badge>;
  }
  if (!enabled) {
    return (
      <span className={styles.line}>
        <Badge tone="warn">Disabled</Badge> <When at={disabled_at} relative />
      </span>
    );
  }
  if (failing_since !== null) {
    return (
      <span className={styles.line}>
        <Badge tone="bad">Failing</Badge> <When at={failing_since} relative />
      </span>
    );
  }
  return <Badge tone="good">Enabled</Badge>;
}

/** What to know and do when an endpoint does not get what it should; nothing when all is well. */
export function HealthNotice({ endpoint }: { endpoint: Fares }) {
  const { url, enabled, disabled_reason, disabled_at, failing_since } = endpoint;
  if (url === null) {
    return null;
  }
  if (!enabled) {
    return (
      <p className={styles.notice} data-tone="warn" role="status">
        <strong>Nothing is sent</strong>: {disabled_reason ?? "disabled"}, <When at={disabled_at} relative />.
        What happens meanwhile is not made up for; what was pending ended as failed and can be sent again.
        Enable it once your server listens.
      </p>
    );
  }
  if (failing_since !== null) {
    return (
      <p className={styles.notice} data-tone="bad" role="status">
        <strong>No attempt has succeeded</strong> since <When at={failing_since} /> (
        <When at={failing_since} relative />
        ). After 20 that found nobody in a row it is only probed, at most every 30 s, until an answer comes;
        what is for it waits and keeps its attempts. After three days like this it is turned off.
      </p>
    );
  }
  return null;
}
