import { MINUTE } from '../market/interval.ts';
import { LISTING, listingInstrument, listingOf } from '../market/listing.ts';
import type { Condition, Modes, RuleText, Span } from './ast.ts';
import { type Cursor, endOf, isGlued, next, peek } from './cursor.ts';
import { didYouMean, fail, quote } from './failure.ts';
import { expectEnd } from './leftover.ts';
import { readModes } from './modes-parser.ts';
import { nearest } from './nearest.ts';
import type { ModesSyntax } from './syntax.ts';
import { KEYWORDS } from './words.ts';

const EXAMPLE = 'for example listing binance, or listing binance usdt';

/**
 * A rule without an instrument: `listing binance usdt once`. It fires for new markets of a venue, with no cooldown but what it says.
 * @returns undefined where the text is another rule
 * @throws UserError with the place in the text
 */
export function readListing(cursor: Cursor): RuleText | undefined {
  const [word, follower] = [peek(cursor), peek(cursor, 1)];
  const begins = word.kind === 'word' && /^listings?$/.test(word.text);
  const isName = follower.kind === 'word' ? !KEYWORDS.has(follower.text) : follower.kind === 'qualified';
  if (!begins || !(isName || follower.kind === 'end')) return undefined;
  next(cursor);
  const venue = readVenue(cursor);
  const unit = peek(cursor);
  const isQuote = unit.kind === 'word' && !KEYWORDS.has(unit.text) && /^[a-z0-9]{2,10}$/.test(unit.text);
  const instrument = listingInstrument({ venue, quote: isQuote ? next(cursor).text : undefined });
  const condition = conditionOf(instrument, [word.span[0], endOf(cursor)]);
  const from = peek(cursor).span[0];
  const modes = readModes(cursor);
  expectEnd(cursor);
  return { instrument, interval: MINUTE, condition, modes: modesOf(modes, [from, endOf(cursor)]) };
}

/** A venue's name may have dashes and colons: `binance-usdm`, `ccxt:kraken`. */
function readVenue(cursor: Cursor): string {
  const [start] = peek(cursor).span;
  if (peek(cursor).kind === 'end') fail('unexpected', 'which venue?', [0, endOf(cursor)], { hint: EXAMPLE });
  next(cursor);
  while (peek(cursor).kind !== 'end' && isGlued(cursor)) next(cursor);
  const span: Span = [start, endOf(cursor)];
  const venue = cursor.text.slice(...span).toLowerCase();
  const { venues } = cursor.scope;
  if (venues === undefined || venues.includes(venue)) return venue;
  const near = didYouMean(cursor.text, span, nearest(venue, venues));
  const hint = `there are ${venues.join(', ')}`;
  return fail('venue-unknown', `${quote(venue)} is not among this bot’s venues`, span, { hint, ...near });
}

function conditionOf(instrument: string, span: Span): Condition {
  const series = { name: LISTING, input: undefined, params: [], field: undefined, instrument, interval: MINUTE };
  return {
    kind: 'compare',
    op: '>',
    left: { kind: 'series', ...series, span },
    right: { kind: 'number', value: 0, span },
    span,
  };
}

function modesOf(syntax: ModesSyntax, span: Span): Modes {
  const { once = false, silent = false, every, until, late, onClose, hold, rearm, gate, message } = syntax;
  if ([onClose, hold, rearm, gate, message].some((mode) => mode !== undefined)) {
    fail('wrong-type', 'a new market is a moment, and its message names it', span, {
      hint: 'it can be once, every 1h, until a time, and silent',
    });
  }
  return { once, silent, every, until, late, onClose: false, hold: undefined, rearm: undefined, message: undefined };
}

/** `listing binance usdt`, without the modes; undefined for a rule on an instrument. */
export function listingText({ instrument }: Pick<RuleText, 'instrument'>): string | undefined {
  const scope = listingOf(instrument);
  return scope && ['listing', scope.venue, ...(scope.quote === undefined ? [] : [scope.quote])].join(' ');
}
