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
  if ('mention' in span) return undefined;
  return 'code' in span ? 'code' : 'pre';
}

/** What a span is, of words that begin at `offset`; undefined for bare words. */
function entityOf(span: TextSpan, offset: number, length: number): MessageEntity | undefined {
  const type = styleOf(span);
  if (length === 0) return undefined;
  if (type !== undefined) return { type, offset, length } as MessageEntity;
  const id = typeof span !== 'string' && 'mention' in span ? /^telegram:(\d+)$/.exec(span.mention)?.[1] : undefined;
  if (id === undefined || typeof span === 'string' || !('mention' in span)) return undefined;
  // The server takes all but the id from what it knows of the user.
  return { type: 'text_mention', offset, length, user: { id: Number(id), is_bot: false, first_name: span.name } };
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
    const words = wordsOf(span, styleOf(span));
    const entity = entityOf(span, whole.length, words.length);
    if (entity !== undefined) entities.push(entity);
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
