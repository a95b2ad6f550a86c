/** The number that this page's policy lets style tags pass by; the server writes a new one into each answer. */

import { setNonce } from "get-nonce";

const meta = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]");

/** Empty in tests, which have no policy. */
export const nonce: string = meta?.nonce ?? "";

// For what locks the page's scrolling behind a dialog.
setNonce(nonce);
