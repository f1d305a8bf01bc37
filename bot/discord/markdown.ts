import type { Text, TextSpan } from '../../commands/message.ts';
import { spanText } from '../../commands/message.ts';

/** Most characters that a Discord message may have. */
export const CONTENT_LIMIT = 2000;

type Kind = 'plain' | 'bold' | 'italic' | 'code' | 'pre' | 'mention';
interface Chunk {
  readonly kind: Kind;
  readonly text: string;
}

const ZERO_WIDTH_SPACE = '\u200b';
/** What opens a style, a mention, an emoji or a link wherever it stands. */
const MARKERS = /[\\*_~|`[<@]/g;
/** Colons that could make a link (`https://`) or an emoji (`:smile:`), also together with what follows the span. */
const COLON = /:(?!\s)/g;
/** A point between letters, as in a bare `discord.gg/...`, which would be shown as an invitation. */
const DOMAIN_POINT = /(?<=[a-z])\.(?=[a-z]{2})/gi;
/** What opens a quote, a heading, small print or a list, where a line (or a span, to be sure) begins. */
const LINE_START = /(^|\n)([ \t]*)([>#]|[-+](?=[\s#]|$)|\d+(?=\.(?:\s|$)))/g;

/**
 * The text in Discord's markdown. Nothing in a span can format, link, mention or leave its span.
 * @returns at most `limit` characters; what does not fit is cut with an ellipsis
 */
export function renderContent(text: Text, limit: number = CONTENT_LIMIT): string {
  const chunks = mergeSpans(text);
  const whole = chunks.reduce((out, chunk, index) => out + renderAfter(out, chunks[index - 1]?.kind, chunk), '');
  return whole.length <= limit ? whole : renderCut(chunks, limit - 1);
}

function renderCut(chunks: readonly Chunk[], room: number): string {
  let out = '';
  for (const [index, chunk] of chunks.entries()) {
    const before = chunks[index - 1]?.kind;
    const piece = renderAfter(out, before, chunk);
    if (out.length + piece.length <= room) out += piece;
    else if (chunk.kind === 'mention') return `${out}…`;
    else return `${out}${longestFitting(out, before, chunk, room)}…`;
  }
  return out;
}

/** The chunk's longest beginning that fits; escapes make it longer than its text, hence the search. */
function longestFitting(out: string, before: Kind | undefined, chunk: Chunk, room: number): string {
  let fits = 0;
  let tooLong = chunk.text.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    const piece = renderAfter(out, before, { kind: chunk.kind, text: beginning(chunk.text, middle) });
    if (out.length + piece.length <= room) fits = middle;
    else tooLong = middle;
  }
  return fits === 0 ? '' : renderAfter(out, before, { kind: chunk.kind, text: beginning(chunk.text, fits) });
}

/** The first `length` units, less one where that would halve a character. */
function beginning(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** Neighbours of one kind become one: `**a****b**` would not be read as two. */
function mergeSpans(text: Text): Chunk[] {
  const chunks: Chunk[] = [];
  for (const span of text) {
    const chunk = chunkOf(span);
    const last = chunks.at(-1);
    if (chunk.text === '') continue;
    if (last !== undefined && last.kind === chunk.kind) {
      chunks[chunks.length - 1] = { kind: last.kind, text: last.text + chunk.text };
    } else chunks.push(chunk);
  }
  return chunks;
}

/** A mention is written as a whole: its text is who is meant. Somebody of another platform is but a name. */
function chunkOf(span: TextSpan): Chunk {
  const id = typeof span !== 'string' && 'mention' in span ? discordId(span.mention) : '';
  if (id !== '') return { kind: 'mention', text: `<@${id}>` };
  const kind = kindOf(span);
  return { kind: kind === 'mention' ? 'plain' : kind, text: clean(spanText(span)) };
}

/** The id of a user of Discord; empty for one of another platform. */
export function discordId(userId: string): string {
  return /^discord:(\d+)$/.exec(userId)?.[1] ?? '';
}

function clean(text: string): string {
  return text.replace(/\r\n?/g, '\n').replaceAll('\u0000', '');
}

function kindOf(span: TextSpan): Kind {
  if (typeof span === 'string') return 'plain';
  if ('bold' in span) return 'bold';
  if ('italic' in span) return 'italic';
  if ('mention' in span) return 'mention';
  return 'code' in span ? 'code' : 'pre';
}

/** One chunk as it must be written behind `out`, of which `before` was the last chunk's kind. */
function renderAfter(out: string, before: Kind | undefined, chunk: Chunk): string {
  const piece = render(chunk);
  if (chunk.kind === 'pre') return out === '' || out.endsWith('\n') ? piece : `\n${piece}`;
  if (before === 'pre') return piece.startsWith('\n') ? piece : `\n${piece}`;
  const starsMeet = before !== 'plain' && out.endsWith('*') && piece.startsWith('*');
  return starsMeet ? ZERO_WIDTH_SPACE + piece : piece;
}

function render(chunk: Chunk): string {
  if (chunk.kind === 'mention') return chunk.text;
  if (chunk.kind === 'code') return renderCode(chunk.text);
  if (chunk.kind === 'pre') return renderPre(chunk.text);
  if (chunk.kind === 'plain' || chunk.text.trim() === '') return escapeMarkdown(chunk.text);
  if (chunk.kind === 'bold') return `**${escapeMarkdown(chunk.text)}**`;
  // The star of italics must touch a letter on both sides.
  const core = chunk.text.trim();
  const start = chunk.text.indexOf(core);
  return `${chunk.text.slice(0, start)}*${escapeMarkdown(core)}*${chunk.text.slice(start + core.length)}`;
}

/** Plain words that Discord shows as they are. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(LINE_START, (_match, line: string, indent: string, marker: string) =>
      /\d/.test(marker) ? `${line}${indent}${marker}\u0000` : `${line}${indent}\u0000${marker}`,
    )
    .replace(MARKERS, '\\$&')
    .replace(COLON, '\\:')
    .replace(DOMAIN_POINT, '\\.')
    .replaceAll('\u0000', '\\');
}

/** Backslashes are shown inside code, so a backtick in it needs a fence of another length instead. */
function renderCode(text: string): string {
  const runs = new Set((text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = !runs.has(1) ? '`' : '``';
  const body = fence === '``' && runs.has(2) ? text.replace(/`(?=`)/g, `\`${ZERO_WIDTH_SPACE}`) : text;
  const padStart = body.startsWith('`') ? ' ' : '';
  const padEnd = body.endsWith('`') ? ' ' : '';
  return `${fence}${padStart}${body}${padEnd}${fence}`;
}

function renderPre(text: string): string {
  if (text.trim() === '') return escapeMarkdown(text);
  const body = text.replace(/^\n+|\n+$/g, '').replace(/`(?=``)/g, `\`${ZERO_WIDTH_SPACE}`);
  return `\`\`\`\n${body}\n\`\`\``;
}
