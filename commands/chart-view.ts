import { z } from 'zod';
import type { Expr } from '../engine/language/ast.ts';
import { parseExpressions } from '../engine/language/parse.ts';
import { printExpr } from '../engine/language/print.ts';
import { DAY, formatInterval, HOUR, MINUTE } from '../engine/market/interval.ts';
import { drawPicture, type EmptyOverlay, SHOWN_BARS } from './chart-picture.ts';
import type { Overlay } from './chart-shapes.ts';
import type { CommandContext } from './command.ts';
import { dayBefore } from './day.ts';
import { markOf } from './firing-marks.ts';
import { formatNumber, formatPercent, formatPrice } from './format.ts';
import type { Button, Message, TextSpan } from './message.ts';
import { MOST_OVERLAYS, type PlacedOverlay } from './overlays.ts';
import type { MarketPort } from './ports.ts';
import { barsOf, namesOf } from './ratio.ts';
import { movingLevels, priceLevels, type StandingRule } from './rule-levels.ts';
import { storedScope } from './scope.ts';

/** What an interactive chart message shows; stored so that its buttons know. */
const viewState = z.object({
  kind: z.literal('chart'),
  instrument: z.string(),
  interval: z.number().int().positive(),
  /** Texts as they are read at the view's instrument and interval; a `*` at the end means all fields. */
  overlays: z.array(z.string()).max(MOST_OVERLAYS),
});
export type ChartView = z.infer<typeof viewState>;

/** A stored view, if it is one that this program understands. */
export function parseView(state: unknown): ChartView | undefined {
  const parsed = viewState.safeParse(state);
  return parsed.success ? parsed.data : undefined;
}

/** A view as it is stored. Overlays at its own interval go along when that changes. */
export function viewOf(place: { instrument: string; interval: number }, overlays: readonly Overlay[]): ChartView {
  const { instrument, interval } = place;
  const texts = overlays.map(({ expr, oneField }) => `${printExpr(expr, place)}${oneField ? '' : '*'}`);
  return { kind: 'chart', instrument, interval, overlays: texts };
}

/** The overlays of a stored view. */
export function overlaysOf(view: ChartView): readonly PlacedOverlay[] {
  return view.overlays.flatMap((stored) => {
    const all = stored.endsWith('*');
    const text = all ? stored.slice(0, -1) : stored;
    return parseExpressions(text, storedScope(view)).map((expr) => ({ expr, oneField: !all, text }));
  });
}

/** Whether an overlay is the indicator `name` of the view's own instrument, whatever its parameters. */
export function isIndicator(view: ChartView, { expr }: { readonly expr: Expr }, name: string): boolean {
  return expr.kind === 'series' && expr.name === name && expr.instrument === view.instrument;
}

/** The chart message of a view: picture, caption and buttons. */
export async function chartMessage(context: CommandContext, view: ChartView, viewId: string): Promise<Message> {
  const { chat, rules, chatKey, clock } = context;
  context.spend('charts');
  const now = clock.now();
  const since = now - (SHOWN_BARS + 1) * view.interval;
  const [firings, stored] = await Promise.all([
    rules.firingsBetween(view.instrument, since, now + MINUTE, chatKey),
    rules.list(chatKey),
  ]);
  const overlays = overlaysOf(view);
  const standing = stored.flatMap(({ id }): StandingRule[] => {
    const rule = rules.running(id);
    return rule === undefined ? [] : [{ rule, view: rules.view(id) }];
  });
  const { picture, bars, empty } = await drawPicture(context, {
    instrument: view.instrument,
    interval: view.interval,
    overlays,
    levels: [
      ...priceLevels(
        standing.map(({ rule }) => rule),
        view.instrument,
      ),
      ...(await movingLevels(context.market, standing, view)),
    ],
    marks: firings.map((firing) => markOf(firing, rules.running(firing.ruleId))),
    timeZone: chat.timeZone,
    locale: chat.locale,
  });
  const price = bars[bars.length - 1].close;
  const text = [...(await caption(context, view, price)), ...empty.map((each) => `\n${emptyWords(each, chat.locale)}`)];
  return { text, picture, buttons: chartButtons(context, view, overlays, viewId) };
}

/** @param price the last one of the picture, so that the two agree however long that took to draw */
async function caption(
  { market, chat, clock }: CommandContext,
  view: ChartView,
  price: number,
): Promise<readonly TextSpan[]> {
  const { venue, symbol } = namesOf(view.instrument);
  const spans: TextSpan[] = [{ bold: symbol }, ` ${formatInterval(view.interval)} · ${venue}`];
  const now = clock.now();
  const source: Pick<MarketPort, 'bars'> = { bars: (...read) => barsOf(market, ...read) };
  const day = await dayBefore(source, view.instrument, { ts: now, price }, now);
  spans.push(' · ', { bold: formatPrice(price, market.symbols.get(view.instrument)?.tick, chat.locale) });
  return day === undefined ? spans : [...spans, ` ${formatPercent(day.change, chat.locale)} (24 h)`];
}

function emptyWords({ label, takes, known }: EmptyOverlay, locale: string): string {
  const reason =
    takes > known ? `: it takes ${formatNumber(takes, locale)} bars, and ${formatNumber(known, locale)} are known` : '';
  return `${label} has no value yet${reason}.`;
}

const INTERVALS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY];

/** The intervals in two rows, the one that is shown among them whichever it is: Discord takes five buttons in a row. */
function intervalRows(shown: number): readonly (readonly number[])[] {
  const all = [...new Set([...INTERVALS, shown])].sort((a, b) => a - b);
  const half = Math.ceil(all.length / 2);
  return [all.slice(0, half), all.slice(half)];
}

function chartButtons(
  context: CommandContext,
  view: ChartView,
  overlays: readonly PlacedOverlay[],
  viewId: string,
): readonly (readonly Button[])[] {
  const intervalButton = (interval: number) => {
    const text = formatInterval(interval);
    return context.button(interval === view.interval ? `·${text}·` : text, 'cv', [viewId, 'i', text]);
  };
  const toggle = (name: string, label: string) => {
    const isShown = overlays.some((overlay) => isIndicator(view, overlay, name));
    return context.button(`${isShown ? '−' : '+'} ${label}`, 'cv', [viewId, 't', name]);
  };
  return [
    ...intervalRows(view.interval).map((row) => row.map(intervalButton)),
    [
      context.button('🔄', 'cv', [viewId, 'r']),
      toggle('rsi', 'RSI'),
      toggle('bb', 'BB'),
      context.button('🔔 Alert', 'cv', [viewId, 'a']),
    ],
  ];
}
