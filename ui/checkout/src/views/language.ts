/** The language that the views speak. */

import { createContext, useContext } from "react";
import { type Language, language } from "../i18n.ts";
import { en } from "../locales/en.ts";

export const LanguageContext = createContext<Language>(language("en", en));

/** The page's language. */
export function useLanguage(): Language {
  return useContext(LanguageContext);
}
