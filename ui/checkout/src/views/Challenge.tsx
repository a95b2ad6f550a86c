/** The bank's 3-D Secure page, in a frame inside this one. News of its end come by the stream, not from the frame. */

import { type ReactNode, useState } from "react";
import { useLanguage } from "./language.ts";

interface Given {
  readonly url: string;
  readonly onLeave: () => void;
}

/** The frame and the way out of it. It may run its own forms and scripts, but can't lead this page away. */
export function Challenge({ url, onLeave }: Given): ReactNode {
  const { say } = useLanguage();
  const [isLoaded, setLoaded] = useState(false);
  return (
    <section className="challenge" data-test-id="challenge-state">
      <h2 tabIndex={-1} data-focus>
        {say("challenge_title")}
      </h2>
      <p className="lead">{say("challenge")}</p>
      <div className="bank" data-loaded={isLoaded}>
        {!isLoaded && <p className="lead">{say("reading")}</p>}
        <iframe
          src={url}
          title={say("challenge_frame")}
          data-test-id="challenge-iframe"
          sandbox="allow-forms allow-scripts allow-same-origin allow-popups"
          onLoad={() => setLoaded(true)}
        />
      </div>
      <button className="quiet" type="button" data-test-id="leave-challenge-button" onClick={onLeave}>
        {say("challenge_leave")}
      </button>
    </section>
  );
}
