/** A field of the card form: its text, what is wrong with it, and when that is told. */

import { type FormEvent, type RefObject, useRef, useState } from "react";
import type { Edit } from "../card.ts";
import type { FieldName } from "../gateway.ts";
import type { Key } from "../i18n.ts";
import type { Refusal } from "../machine.ts";
import { useLanguage } from "./language.ts";
import { useRefusal } from "./refusal.ts";

interface Rules {
  readonly faultOf: (text: string) => Key | null;
  /** Whether all of it is there, so that a fault may be told while the buyer is still in the field. */
  readonly isWhole: (text: string) => boolean;
  readonly name: FieldName;
  /** What is said when only the gateway found it wrong. */
  readonly refused: Key;
  readonly refusal: Refusal | null;
}

export interface CardField {
  readonly text: string;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly fault: Key | null;
  /** The fault in words, once it is time to tell it. */
  readonly error: string | null;
  readonly judge: () => void;
  readonly listen: (edit: (before: string, after: Edit) => Edit) => {
    readonly onInput: (event: FormEvent<HTMLInputElement>) => void;
    readonly onBlur: () => void;
  };
}

/** A field that formats what is typed into it. The input is the browser's own: only so the caret stays where it is. */
export function useCardField({ faultOf, isWhole, name, refused, refusal }: Rules): CardField {
  const { say } = useLanguage();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [isJudged, setJudged] = useState(false);
  const { isRefused, forget } = useRefusal(refusal, name, input);
  const fault = faultOf(text);
  const told = isJudged || isWhole(text) ? fault : null;
  const key = told ?? (isRefused ? refused : null);
  const change = (event: FormEvent<HTMLInputElement>, edit: (before: string, after: Edit) => Edit): void => {
    const field = event.currentTarget;
    const { inputType } = event.nativeEvent as InputEvent;
    const caret = field.selectionStart ?? field.value.length;
    const next = edit(text, {
      text: field.value,
      caret,
      forward: inputType === "deleteContentForward",
    });
    field.value = next.text;
    // Safari moves the focus to a field whose selection is set: one that was filled in by the browser has none.
    if (document.activeElement === field) {
      field.setSelectionRange(next.caret, next.caret);
    }
    setText(next.text);
    forget();
    // Typed anew from the start: what was wrong before is forgotten.
    if (next.text === "") {
      setJudged(false);
    }
  };
  return {
    text,
    input,
    fault,
    error: key === null ? null : say(key),
    judge: () => setJudged(true),
    listen: (edit) => ({
      onInput: (event) => change(event, edit),
      onBlur: () => setJudged(text !== ""),
    }),
  };
}
