import type { MessageEntity } from 'grammy/types';
import { spanText, type Text, type TextSpan } from '../../commands/message.ts';

/** A text as Telegram takes it: bare words, and apart from them what is bold or monospace. Offsets in UTF-16 units. */
export interface Formatted {
  readonly text: string;
  readonly entities: MessageEntity[];
}

type Style = 'bold' | 'italic' | 'code' | 'pre';

function styleOf(span: TextSpan): Style | undefined {
  if (typeof span === 'string') return undefined;
  if ('bold' in span) return 'bold';
  if ('italic' in span) return 'italic';
  return 'code' in span ? 'code' : 'pre';
}

/** Telegram makes `@name` a mention by itself, except in monospace: an invisible joiner keeps it from calling anybody. */
function withoutMentions(text: string): string {
  return text.replace(/(?<![A-Za-z0-9_])@(?=[A-Za-z0-9_]{4})/g, '@\u2060');
}

function wordsOf(span: TextSpan, style: Style | undefined): string {
  // Half a surrogate pair is not valid UTF-8: the server would refuse the whole message.
  const words = spanText(span).replace(/\p{Surrogate}/gu, '\ufffd');
  return style === 'code' || style === 'pre' ? words : withoutMentions(words);
}

/** Turns `text` into entities, cut with `…` where it is longer than `limit` UTF-16 units. */
export function format(text: Text, limit: number): Formatted {
  let whole = '';
  const entities: MessageEntity[] = [];
  for (const span of text) {
    const style = styleOf(span);
    const words = wordsOf(span, style);
    if (style !== undefined && words.length > 0) {
      entities.push({ type: style, offset: whole.length, length: words.length } as MessageEntity);
    }
    whole += words;
  }
  return whole.length <= limit ? { text: whole, entities } : cut({ text: whole, entities }, limit);
}

/** The length of `text` once it is formatted, in UTF-16 units. */
export function formattedLength(text: Text): number {
  return text.reduce((sum, span) => sum + wordsOf(span, styleOf(span)).length, 0);
}

function cut({ text, entities }: Formatted, limit: number): Formatted {
  let end = limit - 1;
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end--;
  return {
    text: `${text.slice(0, end)}…`,
    entities: entities
      .filter((entity) => entity.offset < end)
      .map((entity) => ({ ...entity, length: Math.min(entity.length, end - entity.offset) })),
  };
}
