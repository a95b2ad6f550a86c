/** The parts of a JSON text that are coloured. Pure. */

export type TokenKind = "name" | "string" | "number" | "word" | "plain";

export interface Token {
  readonly at: number;
  readonly kind: TokenKind;
  readonly text: string;
}

const PARTS =
  /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b|[^"\-\dtfn]+|./gs;

/** All of the text, in order. */
export function tokensOf(json: string): Token[] {
  const tokens: Token[] = [];
  const add = (at: number, kind: TokenKind, text: string) => {
    const last = tokens.at(-1);
    if (last !== undefined && kind === "plain" && last.kind === "plain") {
      tokens[tokens.length - 1] = { ...last, text: last.text + text };
    } else if (text !== "") {
      tokens.push({ at, kind, text });
    }
  };
  for (const match of json.matchAll(PARTS)) {
    const [all, string, colon, number, word] = match;
    if (string !== undefined) {
      add(match.index, colon === undefined ? "string" : "name", string);
      add(match.index + string.length, "plain", colon ?? "");
    } else {
      add(match.index, number === undefined ? (word === undefined ? "plain" : "word") : "number", all);
    }
  }
  return tokens;
}
