import { UserError } from '../engine/errors.ts';
import { parseExpressions } from '../engine/language/parse.ts';
import type { Scope } from '../engine/language/scope.ts';
import { axisOf, type Overlay } from './chart-picture.ts';

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
  requireRoom(overlays, scope.instrument);
  return overlays;
}

/** @throws UserError where a picture has no room for them */
export function requireRoom(overlays: readonly PlacedOverlay[], instrument: string): void {
  if (overlays.length > MOST_OVERLAYS) {
    throw new UserError('too-many-overlays', `That is ${overlays.length} series, and ${MOST_OVERLAYS} is the most.`, {
      hint: `Leave out ${overlays[overlays.length - 1].text}, for example.`,
    });
  }
  const panes = overlays.filter(({ expr }) => axisOf(expr, instrument) !== 'price');
  if (panes.length <= MOST_PANES) return;
  throw new UserError(
    'too-many-panes',
    `That is ${panes.length} panes below the price, and ${MOST_PANES} is the most.`,
    { hint: `Leave out ${panes[panes.length - 1].text}, for example.` },
  );
}
