/** The page's beginning: what the server says of it, in the buyer's language. */

import "./styles.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { readBootstrap } from "./bootstrap.ts";
import { speak } from "./i18n.ts";
import { link } from "./parent.ts";

async function start(): Promise<void> {
  const place = document.getElementById("app");
  const bootstrap = readBootstrap(document.getElementById("bootstrap")?.textContent);
  if (place === null || bootstrap === null) {
    return;
  }
  const isEmbedded = bootstrap.embedded && window.parent !== window;
  const parent = isEmbedded ? link(window, bootstrap.allowed_origins) : null;
  const first = await speak(bootstrap.locale);
  createRoot(place).render(<App bootstrap={bootstrap} first={first} parent={parent} />);
}

void start();
