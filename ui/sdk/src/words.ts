/** What the SDK itself says to the buyer; the page in the frame has words of its own. */

/** The words of one language. */
export interface Words {
  language: string;
  direction: "ltr" | "rtl";
  title: string;
  close: string;
  loading: string;
  failed: string;
  retry: string;
  locked: string;
  /** Then there is nothing to say. */
  ready: "";
}

/** title, close, loading, failed, retry, locked */
type Row = readonly [string, string, string, string, string, string];

const ENGLISH: Row = [
  "Payment",
  "Close",
  "Loading…",
  "The payment page did not load.",
  "Try again",
  "Your payment is in progress…",
];

const TABLE: Readonly<Record<string, Row>> = {
  en: ENGLISH,
  hi: ["भुगतान", "बंद करें", "लोड हो रहा है…", "भुगतान पेज लोड नहीं हुआ।", "फिर से कोशिश करें", "भुगतान हो रहा है…"],
  es: ["Pago", "Cerrar", "Cargando…", "La página de pago no se cargó.", "Reintentar", "Pago en curso…"],
  fr: [
    "Paiement",
    "Fermer",
    "Chargement…",
    "La page de paiement n’a pas chargé.",
    "Réessayer",
    "Paiement en cours…",
  ],
  de: [
    "Zahlung",
    "Schließen",
    "Wird geladen …",
    "Die Zahlungsseite wurde nicht geladen.",
    "Noch einmal",
    "Zahlung läuft …",
  ],
  ar: ["الدفع", "إغلاق", "جارٍ التحميل…", "تعذّر تحميل صفحة الدفع.", "حاول مرة أخرى", "الدفع جارٍ…"],
};

/** In the language that the shop names, else the first of the browser's that is known, else in English. */
export function wordsFor(locale: string | undefined): Words {
  const wanted = locale ? [locale] : navigator.languages;
  const language = wanted.map((tag) => tag.slice(0, 2)).find((tag) => Object.hasOwn(TABLE, tag)) ?? "en";
  const [title, close, loading, failed, retry, locked] = TABLE[language] ?? ENGLISH;
  const direction = language === "ar" ? "rtl" : "ltr";
  return { language, direction, title, close, loading, failed, retry, locked, ready: "" };
}
