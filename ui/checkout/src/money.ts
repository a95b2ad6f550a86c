/// <reference lib="es2023.intl" />
/** Amounts as people read them: integers of minor units in, text out, and no float between. */

const WITHOUT_MINOR_UNIT = new Set(
  "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" "),
);
const IN_THOUSANDTHS = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));

/** Decimal places of a currency's minor unit: the gateway's own table (contracts/money.py), not the browser's. */
export function decimalsOf(currency: string): number {
  return WITHOUT_MINOR_UNIT.has(currency) ? 0 : IN_THOUSANDTHS.has(currency) ? 3 : 2;
}

/** `49900` of INR is `"499.00"`: cut, not divided. */
export function decimal(amountMinor: number, currency: string): `${number}` {
  const decimals = decimalsOf(currency);
  const digits = String(amountMinor).padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  const text = decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return text as `${number}`;
}

/** The amount in the reader's language. Rupees are grouped as India groups them (₹1,23,456.00), also in English. */
export function money(amountMinor: number, currency: string, locale: string): string {
  const decimals = decimalsOf(currency);
  const options = {
    style: "currency",
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    // Western digits everywhere: the buyer compares the amount with the shop's page and the bank's message.
    numberingSystem: "latn",
  } as const;
  // A decimal STRING is formatted exactly; a number would be a float.
  return new Intl.NumberFormat(locale === "en" && currency === "INR" ? "en-IN" : locale, options).format(
    decimal(amountMinor, currency),
  );
}
