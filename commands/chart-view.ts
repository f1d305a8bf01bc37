import { z } from 'zod';
import { parseExpressions } from '../engine/language/parse.ts';
import { printExpr } from '../engine/language/print.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { DAY, formatInterval, HOUR, MINUTE } from '../engine/market/interval.ts';
import type { Overlay } from './chart-picture.ts';
import { drawPicture, SHOWN_BARS } from './chart-picture.ts';
import type { CommandContext } from './command.ts';
import { formatPercent, formatPrice } from './format.ts';
import type { Button, Message, TextSpan } from './message.ts';
import { priceLevels } from './rule-levels.ts';
import { scopeOf } from './scope.ts';

/** What an interactive chart message shows; stored so that its buttons know. */
const viewState = z.object({
  kind: z.literal('chart'),
  instrument: z.string(),
  interval: z.number().int().positive(),
  /** Qualified texts; a `*` at the end means all fields. */
  overlays: z.array(z.string()).max(8),
});
export type ChartView = z.infer<typeof viewState>;

/** A stored view, if it is one that this program understands. */
export function parseView(state: unknown): ChartView | undefined {
  const parsed = viewState.safeParse(state);
  return parsed.success ? parsed.data : undefined;
}

/** Overlays as somebody typed them. @throws UserError */
export function parseOverlays(
  context: CommandContext,
  text: string,
  instrument: string,
  interval: number,
): readonly Overlay[] {
  if (text.trim() === '') return [];
  const exprs = parseExpressions(text, { ...scopeOf(context, instrument), interval });
  return exprs.map((expr) => {
    const typed = text.slice(expr.span[0], expr.span[1]).toLowerCase();
    const oneField = expr.kind !== 'series' || expr.field === undefined || typed.endsWith(`.${expr.field}`);
    return { expr, oneField };
  });
}

/** An overlay as it is stored. */
export function storeOverlay(overlay: Overlay): string {
  return `${printExpr(overlay.expr)}${overlay.oneField ? '' : '*'}`;
}

function loadOverlays(context: CommandContext, view: ChartView): readonly Overlay[] {
  return view.overlays.flatMap((text) => {
    const all = text.endsWith('*');
    const [expr] = parseExpressions(all ? text.slice(0, -1) : text, scopeOf(context, view.instrument));
    return expr === undefined ? [] : [{ expr, oneField: !all }];
  });
}

/** The chart message of a view: picture, caption and buttons. */
export async function chartMessage(context: CommandContext, view: ChartView, viewId: string): Promise<Message> {
  const { chat, rules, chatKey, clock } = context;
  const now = clock.now();
  const since = now - (SHOWN_BARS + 1) * view.interval;
  const [firings, stored] = await Promise.all([
    rules.firingsBetween(view.instrument, since, now + MINUTE, chatKey),
    rules.list(chatKey),
  ]);
  const { picture } = await drawPicture(context, {
    instrument: view.instrument,
    interval: view.interval,
    overlays: loadOverlays(context, view),
    levels: priceLevels(
      stored.flatMap((rule) => rules.running(rule.id) ?? []),
      view.instrument,
    ),
    marks: firings.map((firing) => ({ ts: firing.ts, price: firing.price, label: '' })),
    timeZone: chat.timeZone,
    locale: chat.locale,
  });
  return { text: await caption(context, view), picture, buttons: chartButtons(context, view, viewId) };
}

async function caption(context: CommandContext, view: ChartView): Promise<readonly TextSpan[]> {
  const { market, chat } = context;
  const [venue, symbol] = splitInstrument(view.instrument);
  const last = market.price(view.instrument);
  const change = await dayChange(context, view.instrument);
  const spans: TextSpan[] = [{ bold: symbol }, ` ${formatInterval(view.interval)} · ${venue}`];
  if (last !== undefined)
    spans.push(' · ', { bold: formatPrice(last.price, market.symbols.get(view.instrument)?.tick, chat.locale) });
  if (change !== undefined) spans.push(` ${formatPercent(change, chat.locale)} (24 h)`);
  return spans;
}

/** Growth over 24 hours as a fraction; undefined where the bars do not reach so far. */
export async function dayChange(
  context: Pick<CommandContext, 'market'>,
  instrument: string,
): Promise<number | undefined> {
  const last = context.market.price(instrument);
  const { closed } = await context.market.bars(instrument, 15 * MINUTE, 97);
  const before = closed[closed.length - 96];
  if (last === undefined || before === undefined || closed.length < 96) return undefined;
  return last.price / before.close - 1;
}

const INTERVALS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY];

function chartButtons(context: CommandContext, view: ChartView, viewId: string): readonly (readonly Button[])[] {
  const intervals = INTERVALS.map((interval) => {
    const text = formatInterval(interval);
    return context.button(interval === view.interval ? `·${text}·` : text, 'cv', [viewId, 'i', text]);
  });
  const has = (name: string) => view.overlays.some((text) => text.includes(`.${name}(`) || text.includes(`${name}(`));
  const toggle = (name: string, label: string) =>
    context.button(`${has(name) ? '−' : '+'} ${label}`, 'cv', [viewId, 't', name]);
  return [
    intervals.slice(0, 5),
    [
      context.button('🔄', 'cv', [viewId, 'r', '']),
      toggle('rsi', 'RSI'),
      toggle('bb', 'BB'),
      context.button('🔔 Alert', 'cv', [viewId, 'a', '']),
    ],
  ];
}
