/** Which checkout is open in this browser tab, kept over a reload of the page. */

import type { PendingCheckout } from "../checkout";

const KEY = "paygate:open";

/** What was opened last and was not closed since; null when there is no such thing. */
export function pending(): PendingCheckout | null {
  try {
    const { orderId, processing } = JSON.parse(sessionStorage.getItem(KEY) ?? "");
    return typeof orderId === "string" ? { orderId, processing: processing === true } : null;
  } catch {
    return null; // nothing there, or storage is turned off: the page in the frame still finds the order's payment
  }
}

/** Keep a note of this order; `processing` null takes it away. */
export function note(orderId: string, processing: boolean | null): void {
  try {
    if (processing !== null) {
      sessionStorage.setItem(KEY, JSON.stringify({ orderId, processing }));
    } else if (pending()?.orderId === orderId) {
      sessionStorage.removeItem(KEY);
    }
  } catch {
    // storage is turned off or full
  }
}
