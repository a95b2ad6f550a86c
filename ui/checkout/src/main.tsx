/** The checkout page's start. */

import { createRoot } from "react-dom/client";
import "./main.css";

const place = document.getElementById("app");
if (place) {
  createRoot(place).render(<main data-test-id="checkout-container" />);
}
