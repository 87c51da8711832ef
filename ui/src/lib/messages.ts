import en from "../../messages/en.json";

export type MessageKey = keyof typeof en;
type PluralBase<Key> = Key extends `${infer Base}.other` ? Base : never;
/** A message that has a form for one and a form for many. */
export type PluralKey = PluralBase<MessageKey>;
export type Values = Record<string, string | number>;

/** A stretch of a message: plain text, or the value that stood in for a placeholder. */
export interface MessagePart {
  text: string;
  placeholder: string | null;
}

/** The catalogue's language; numbers and dates follow it too. */
export const LOCALE = "en";

const PLACEHOLDER = /\{(\w+)\}/;
const integers = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const plurals = new Intl.PluralRules(LOCALE);

/** The text of `key` with its placeholders filled. Numbers get the locale's separators. */
export function text(key: MessageKey, values: Values = {}): string {
  return parts(key, values)
    .map((part) => part.text)
    .join("");
}

/** The text of the form of `key` that fits `count`, which also fills `{count}`. */
export function plural(key: PluralKey, count: number, values: Values = {}): string {
  return text(form(key, count), { count, ...values });
}

/** Which form of a plural message fits `count`. */
export function form(key: PluralKey, count: number): MessageKey {
  return `${key}.${plurals.select(count) === "one" ? "one" : "other"}` as MessageKey;
}

/** Like `text`, but in pieces, so that a value can be set in bold. */
export function parts(key: MessageKey, values: Values = {}): MessagePart[] {
  return en[key]
    .split(PLACEHOLDER)
    .map((piece, index) =>
      index % 2 === 0
        ? { text: piece, placeholder: null }
        : { text: filled(values[piece], piece), placeholder: piece },
    )
    .filter((part) => part.text !== "");
}

function filled(value: string | number | undefined, name: string): string {
  if (value === undefined) return `{${name}}`;
  return typeof value === "number" ? integers.format(value) : value;
}
