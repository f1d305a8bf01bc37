import { UserError } from '../engine/errors.ts';
import { parseExpressions } from '../engine/language/parse.ts';
import { seriesOf } from '../engine/language/references.ts';
import type { Scope } from '../engine/language/scope.ts';
import { lookup } from '../engine/series/catalog.ts';
import { axisOf } from './chart-picture.ts';
import { type Overlay, placeOf } from './chart-shapes.ts';
import { quoted } from './clean-text.ts';
import { legsOf } from './ratio.ts';

/** Series that one chart shows at most, and panes below the price. */
export const MOST_OVERLAYS = 8;
const MOST_PANES = 4;

/** An overlay with the text that it was read from. */
export interface PlacedOverlay extends Overlay {
  readonly text: string;
}

/** Overlays as somebody typed them. @throws UserError with the place in `text` */
export function parseOverlays(text: string, scope: Scope & { readonly instrument: string }): readonly PlacedOverlay[] {
  if (text.trim() === '') return [];
  const overlays = parseExpressions(text, scope).map((expr) => {
    const typed = text.slice(expr.span[0], expr.span[1]);
    const oneField =
      expr.kind !== 'series' || expr.field === undefined || typed.toLowerCase().includes(`.${expr.field}`);
    return { expr, oneField, text: typed };
  });
  requireRoom(overlays, scope);
  if (legsOf(scope.instrument) !== undefined) requireOfRatio(overlays, scope.instrument);
  return overlays;
}

/** @throws UserError where an overlay asks more of a ratio than its closes, or mixes it with what it is made of */
function requireOfRatio(overlays: readonly PlacedOverlay[], ratio: string): void {
  for (const { expr, text } of overlays) {
    const all = seriesOf(expr);
    const own = all.filter((series) => series.instrument === ratio);
    if (own.some(({ name }) => needsTrades(name))) {
      throw new UserError('ratio-overlay', `${quoted(text)} needs more than closes, and a ratio has nothing else.`, {
        hint: 'Averages, bb, rsi, macd and z work.',
      });
    }
    if (own.length === 0 || own.length === all.length) continue;
    throw new UserError('ratio-overlay', `${quoted(text)} mixes the ratio with its symbols.`, {
      hint: 'An overlay is of the one or of the other.',
    });
  }
}

/** Columns that a ratio of two symbols has not. */
const NOT_OF_PRICES: ReadonlySet<string> = new Set(['volume', 'trades', 'bought', 'sold', 'delta']);

function needsTrades(name: string): boolean {
  const entry = lookup(name);
  return entry?.input === 'bars' || (entry?.input === 'column' && NOT_OF_PRICES.has(entry.column));
}

/** @throws UserError where a picture has no room for them */
export function requireRoom(
  overlays: readonly PlacedOverlay[],
  place: { readonly instrument: string; readonly interval: number },
): void {
  if (overlays.length > MOST_OVERLAYS) {
    throw new UserError('too-many-overlays', `That is ${overlays.length} series, and ${MOST_OVERLAYS} is the most.`, {
      hint: leaveOut(overlays, MOST_OVERLAYS),
    });
  }
  const panes = overlays.filter(
    ({ expr }) => axisOf(expr, place.instrument) !== 'price' && placeOf(expr, place) === undefined,
  );
  if (panes.length <= MOST_PANES) return;
  throw new UserError(
    'too-many-panes',
    `That is ${panes.length} panes below the price, and ${MOST_PANES} is the most.`,
    { hint: leaveOut(panes, MOST_PANES) },
  );
}

/** The last ones, as many as are too many. */
function leaveOut(overlays: readonly PlacedOverlay[], most: number): string {
  const texts = overlays.slice(most).map(({ text }) => text.trim());
  const last = texts.pop();
  return `Leave out ${texts.length === 0 ? '' : `${texts.join(', ')} and `}${last}, for example.`;
}
