/** What both builds and the tests agree on. */

/** The oldest browsers that are served: they know <dialog>, `dvh` and modules. */
export const BROWSERS = ["chrome108", "edge108", "firefox115", "safari15.4"];

/** What all of them understand, also where the builder is not sure of one. */
export const SYNTAX = "es2022";

/** The checkout page is written for React and runs on Preact, which is a tenth of its size. */
export const PREACT = {
  "react-dom/client": "preact/compat/client",
  "react-dom": "preact/compat",
  "react/jsx-runtime": "preact/jsx-runtime",
  "react/jsx-dev-runtime": "preact/jsx-runtime",
  react: "preact/compat",
};
