/** What only the gateway found wrong. */

import { type RefObject, useEffect, useState } from "react";
import type { FieldName } from "../gateway.ts";
import type { Refusal } from "../machine.ts";

/** Whether the gateway refused this field, until the buyer changes it. Who was refused finds the caret in the field. */
export function useRefusal(
  refusal: Refusal | null,
  field: FieldName,
  input: RefObject<HTMLInputElement | null>,
): { readonly isRefused: boolean; readonly forget: () => void } {
  const [forgotten, forget] = useState<Refusal | null>(null);
  const isRefused = refusal !== null && refusal.field === field && refusal !== forgotten;
  useEffect(() => {
    if (isRefused) {
      input.current?.focus();
    }
  }, [isRefused, input]);
  return { isRefused, forget: () => forget(refusal) };
}
