/**
 * A message as every platform understands it. Text is a list of spans, never markup: a platform turns them into entities
 * or escapes them, so that nobody's text can format or mention.
 */
export type TextSpan =
  | string
  | { readonly bold: string }
  | { readonly italic: string }
  | { readonly code: string }
  /** A block in monospace, on lines of its own. */
  | { readonly pre: string }
  /** Calls a user (`telegram:123`) who asked for it; where the platform cannot, the name alone stands there. */
  | { readonly mention: string; readonly name: string };

export type Text = readonly TextSpan[];

export interface Button {
  readonly label: string;
  /** What the codec made of the action: at most 64 bytes, opaque to a platform. */
  readonly data: string;
}

/** A picture that is ready to send. */
export interface Picture {
  readonly png: Uint8Array;
  /** What it shows, for those who cannot see it. */
  readonly alt: string;
  /** Equal keys are equal pictures: a platform may send again what it has uploaded before. */
  readonly key: string;
}

/** A file that goes with a message, below 8 MB; a message has a picture or a file. */
export interface Attachment {
  /** `sim-btcusdt-trades.csv`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type: 'text/csv' | 'application/json' | 'application/x-ndjson';
}

export interface Message {
  readonly text: Text;
  readonly picture?: Picture;
  readonly file?: Attachment;
  /** Rows of buttons. */
  readonly buttons?: readonly (readonly Button[])[];
  /** Sent without a sound. */
  readonly silent?: boolean;
  /** Its colour, where a platform shows such a message as a card. */
  readonly tone?: 'long' | 'short' | 'good' | 'bad';
  /** Whose name it stands under, where a platform can show another than the bot's. */
  readonly byline?: string;
  /** Handed on to those who follow the channel, where a platform has such. */
  readonly publish?: boolean;
  /** Shown only to the one who asked, where the platform can. */
  readonly private?: boolean;
  /**
   * What this answer becomes when more is known: asked for once, after it was shown. Undefined: it stays as it is. What it becomes
   * may become something else in its turn: so progress is told.
   * Never rejects. A platform that cannot change a message shows the second one below it.
   */
  readonly later?: () => Promise<Message | undefined>;
}

/** The text without its formatting: for the console, for logs, and where a platform refuses formatting. */
export function plainText(text: Text): string {
  return text.map(spanText).join('');
}

/** The bare words of one span. */
export function spanText(span: TextSpan): string {
  if (typeof span === 'string') return span;
  if ('bold' in span) return span.bold;
  if ('italic' in span) return span.italic;
  if ('code' in span) return span.code;
  if ('mention' in span) return span.name;
  return span.pre;
}
