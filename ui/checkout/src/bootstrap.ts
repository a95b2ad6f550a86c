/** What the server says of the page in its data block, and how it is read: nothing of it is trusted to have its shape. */

export type Theme = "auto" | "light" | "dark";
export type Locale = "en" | "hi" | "es" | "fr" | "de" | "ar";
export type OrderStatus = "created" | "attempted" | "paid";

/** The order as the page was made; amounts in minor units, instants in ISO 8601. */
export interface Order {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: OrderStatus;
  readonly receipt: string | null;
  readonly description: string | null;
  readonly expires_at: string | null;
}

/** The hosted session that shows the page: where the buyer goes afterwards. */
export interface Session {
  readonly id: string;
  readonly success_url: string | null;
  readonly cancel_url: string | null;
  readonly expires_at: string;
}

export interface Prefill {
  readonly vpa?: string | undefined;
  readonly holder_name?: string | undefined;
}

/** The data block. `now` is the server's clock: a buyer's may be wrong. */
export interface Bootstrap {
  readonly version: 1;
  readonly test_mode: boolean;
  readonly api_url: string;
  readonly embedded: boolean;
  readonly key: string | null;
  readonly error: {
    readonly code: string;
    readonly description: string;
  } | null;
  readonly merchant: { readonly name: string } | null;
  readonly order: Order | null;
  readonly session: Session | null;
  readonly allowed_origins: readonly string[];
  readonly upi: { readonly link: string; readonly qr: string } | null;
  readonly locale: Locale;
  readonly direction: "ltr" | "rtl";
  readonly theme: Theme;
  readonly prefill: Prefill;
  readonly now: string;
}

export const LOCALES: readonly Locale[] = ["en", "hi", "es", "fr", "de", "ar"];

/** Whether it is one of the page's languages. */
export function isLocale(value: unknown): value is Locale {
  return LOCALES.some((locale) => locale === value);
}

/** Whether it names a colour scheme. */
export function isTheme(value: unknown): value is Theme {
  return value === "auto" || value === "light" || value === "dark";
}

/** The data block's text as a Bootstrap; null when it is none that this page understands. */
export function readBootstrap(text: string | null | undefined): Bootstrap | null {
  try {
    const read: unknown = JSON.parse(text ?? "");
    return isBootstrap(read) ? read : null;
  } catch {
    return null;
  }
}

function isBootstrap(value: unknown): value is Bootstrap {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const { version, api_url, error, order, locale } = value as Partial<Record<keyof Bootstrap, unknown>>;
  return (
    version === 1 && typeof api_url === "string" && isLocale(locale) && (isError(error) || isOrder(order))
  );
}

function isError(value: unknown): boolean {
  return typeof value === "object" && value !== null && "code" in value;
}

function isOrder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const { id, amount, currency } = value as Partial<Record<keyof Order, unknown>>;
  return typeof id === "string" && Number.isSafeInteger(amount) && /^[A-Z]{3}$/.test(String(currency));
}
