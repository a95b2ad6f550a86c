/** Small drawings: icons, and the marks of card networks. All by attributes: the page's policy allows no inline style. */

import type { ReactNode } from "react";
import type { Network } from "../card.ts";

type IconName = keyof typeof ICONS;

const ICONS = {
  lock: <path d="M5 9V6.5a3 3 0 0 1 6 0V9m-7 0h8v5.5H4z" />,
  alert: <path d="M8 4.5v4.2m0 2.6v.2M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z" />,
  check: <path d="m3.5 8.5 3 3 6-7" />,
  cross: <path d="m4 4 8 8m0-8-8 8" />,
  clock: <path d="M8 4.5V8l2.3 1.6M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z" />,
  back: <path d="M13 8H3.5m4-4.5L3 8l4.5 4.5" />,
  out: <path d="M6.5 3.5h-3v9h9v-3M9 3h4v4m0-4L7.5 8.5" />,
  cloud: (
    <path d="M2 2l12 12M6.2 4.3A4 4 0 0 1 12 7.1a2.7 2.7 0 0 1 1.6 4.4M10.8 12.5H4.5A2.8 2.8 0 0 1 4 7" />
  ),
  upi: <path d="M5 1.5h6v13H5zM7.2 12.3h1.6" />,
  qr: (
    <path d="M2.5 2.5h4v4h-4zm7 0h4v4h-4zm-7 7h4v4h-4zm7 0h1.6v1.6H9.5zm2.6 2.6h1.4v1.4h-1.4zm1.4-2.6h.1M9.5 13.5h.1" />
  ),
  card: <path d="M1.5 3.5h13v9h-13zm0 3h13M4 10h2.5" />,
} as const;

/** An icon as large as the text around it. It says nothing by itself: a word stands beside it. */
export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {ICONS[name]}
    </svg>
  );
}

/** What the buyer reads of a network. */
export const NETWORK_NAMES: Readonly<Record<Exclude<Network, "unknown">, string>> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
  rupay: "RuPay",
};

const MARKS: Readonly<Record<Network, ReactNode>> = {
  visa: (
    <>
      <rect width="36" height="24" rx="4" fill="#1a1f71" />
      <path
        fill="#fff"
        transform="translate(6 0)"
        d="M9.112 8.262 5.97 15.758H3.92L2.374 9.775c-.094-.368-.175-.503-.461-.658C1.447 8.864.677 8.627 0 8.479l.046-.217h3.3a.904.904 0 0 1 .894.764l.817 4.338 2.018-5.102zm8.033 5.049c.008-1.979-2.736-2.088-2.717-2.972.006-.269.262-.555.822-.628a3.66 3.66 0 0 1 1.913.336l.34-1.59a5.207 5.207 0 0 0-1.814-.333c-1.917 0-3.266 1.02-3.278 2.479-.012 1.079.963 1.68 1.698 2.04.756.367 1.01.603 1.006.931-.005.504-.602.725-1.16.734-.975.015-1.54-.263-1.992-.473l-.351 1.642c.453.208 1.289.39 2.156.398 2.037 0 3.37-1.006 3.377-2.564m5.061 2.447H24l-1.565-7.496h-1.656a.883.883 0 0 0-.826.55l-2.909 6.946h2.036l.405-1.12h2.488zm-2.163-2.656 1.02-2.815.588 2.815zm-8.16-4.84-1.603 7.496H8.34l1.605-7.496z"
      />
    </>
  ),
  mastercard: (
    <>
      <rect width="36" height="24" rx="4" fill="#16181d" />
      <circle cx="14" cy="12" r="7" fill="#eb001b" />
      <circle cx="22" cy="12" r="7" fill="#f79e1b" />
      <path fill="#ff5f00" d="M18 6.26a7 7 0 0 1 0 11.48 7 7 0 0 1 0-11.48z" />
    </>
  ),
  amex: (
    <>
      <rect width="36" height="24" rx="4" fill="#016fd0" />
      <path
        d="m4.5 15.5 2.8-7 2.8 7m-4.7-2.2h3.8m3-4.8v7m0-7 2.7 4 2.7-4v7m7.2-7h-4.4v7h4.4m-4.4-3.5h3.8m3-3.5 4.6 7m0-7-4.6 7"
        fill="none"
        stroke="#fff"
        strokeWidth="1.5"
      />
    </>
  ),
  rupay: (
    <>
      <rect width="36" height="24" rx="4" fill="#fff" stroke="#d5dbe5" />
      <path
        d="M4.5 15.5v-7h2.4a2.1 2.1 0 0 1 0 4.2H4.5m2.4 0 2 2.8m2.2-5v3.2a1.6 1.6 0 0 0 3.2 0v-3.2m2.4 5v-7h2.4a2.1 2.1 0 0 1 0 4.2h-2.4"
        fill="none"
        stroke="#1f3b82"
        strokeWidth="1.6"
      />
      <path fill="#097a44" d="m25.4 7 3 5-4 5z" />
      <path fill="#f37321" d="m28 7 3 5-4 5z" />
    </>
  ),
  unknown: (
    <>
      <rect x=".5" y=".5" width="35" height="23" rx="4" fill="none" stroke="currentColor" />
      <path d="M1 7.5h34M5 16h8" fill="none" stroke="currentColor" strokeWidth="2" />
    </>
  ),
};

/** The small mark of a card's network. */
export function NetworkMark({ network }: { readonly network: Network }): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 36 24" aria-hidden="true">
      {MARKS[network]}
    </svg>
  );
}
