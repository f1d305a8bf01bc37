import type { CommandContext } from './command.ts';
import { formatPrice } from './format.ts';
import { preferenceOf } from './known-symbols.ts';
import type { Button, TextSpan } from './message.ts';

/** What the buttons of one wizard stand for: kept with the message, because a button holds only numbers. */
export interface WizardView {
  readonly kind: string;
  /** Who asked: nobody else may press. */
  readonly owner: string;
  readonly instruments: readonly string[];
  readonly instrument?: string;
}

export const OFFERED_SYMBOLS = 6;
const A_ROW = 3;

/** What the chat's alerts watch, newest first, then what has a price, as the symbols are ranked. */
export async function offeredInstruments(context: CommandContext): Promise<readonly string[]> {
  const { rules, market, chatKey } = context;
  const listed = [...(await rules.list(chatKey))].reverse();
  const own = listed.flatMap(({ id }) => rules.running(id)?.instrument ?? []);
  const ranked = market.symbols.suggest('', preferenceOf(context), 200).map(({ instrument }) => instrument);
  const live = ranked.filter((instrument) => market.price(instrument) !== undefined);
  return [...new Set([...own, ...live, ...ranked])].slice(0, OFFERED_SYMBOLS);
}

/** `btcusdt · now 60,000.00`. */
export function heading(context: CommandContext, instrument: string): readonly TextSpan[] {
  const { market, chat } = context;
  const last = market.price(instrument);
  const now = last === undefined ? '' : formatPrice(last.price, market.symbols.get(instrument)?.tick, chat.locale);
  return [{ bold: symbolOf(context, instrument) }, ...(now === '' ? [] : [` · now ${now}`])];
}

export const symbolOf = ({ market }: CommandContext, instrument: string): string =>
  market.symbols.get(instrument)?.symbol ?? instrument;

/** Makes buttons of the wizard `id`, for the one who asked: each a step, and perhaps what was chosen. */
export const stepButtons =
  ({ button, asker }: CommandContext, action: string, id: string) =>
  (label: string, step: string, value?: string): Button =>
    button(label, action, value === undefined ? [id, step] : [id, step, value], asker.userId);

export function inRows(buttons: readonly Button[], length = A_ROW): readonly (readonly Button[])[] {
  const rows: (readonly Button[])[] = [];
  for (let at = 0; at < buttons.length; at += length) rows.push(buttons.slice(at, at + length));
  return rows;
}

/** The state of a wizard of this chat as it was stored, perhaps by an older version of the program. */
export async function wizardState<View extends WizardView>(
  { views, chatKey }: CommandContext,
  id: string,
  kind: View['kind'],
): Promise<View | undefined> {
  const stored = await views.get(id);
  const found = stored?.chatKey === chatKey ? (stored.state as Partial<WizardView> | null) : undefined;
  if (typeof found !== 'object' || found?.kind !== kind) return undefined;
  if (typeof found.owner !== 'string' || !Array.isArray(found.instruments)) return undefined;
  return found as View;
}
