/** How long until an instant, by the second. */

import { useEffect, useState } from "react";
import { countdown } from "./schedule.ts";

export function Countdown({ at }: { at: string }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={new Date(at).toISOString()}>
      {countdown(at, now)}
    </time>
  );
}
