/** What the page's Content-Security-Policy asks of the page itself. */

import { setNonce } from "get-nonce";

const meta = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]");

/** What lets style tags pass; the server writes a new one into each answer. Empty in tests, which have no policy. */
export const nonce: string = meta?.nonce ?? "";

// For what locks the page's scrolling behind a dialog.
setNonce(nonce);

/** As `innerHTML` a style sheet may be set, and no tag. Throws for anything else. */
export function withoutTags(text: string): string {
  if (text.includes("<")) {
    throw new TypeError("Tags are made by React alone, not from text.");
  }
  return text;
}

interface Factory {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): unknown;
}

// Mantine writes its variables into a style tag by `innerHTML`. Browsers without Trusted Types do not ask.
(window as { trustedTypes?: Factory }).trustedTypes?.createPolicy("default", { createHTML: withoutTags });
