import { UserError } from '../engine/errors.ts';
import { formatInterval, parseInterval } from '../engine/market/interval.ts';
import { type ChartView, chartMessage, parseOverlays, parseView, storeOverlay } from './chart-view.ts';
import type { Command, CommandContext } from './command.ts';
import { ruleOverlays } from './rule-levels.ts';
import type { PressOutcome } from './service.ts';
import { requireInstrument, splitArguments, splitWords } from './symbol-argument.ts';

export const chart: Command = {
  name: 'chart',
  summary: 'A chart as an image, with what you want drawn on it',
  usage: '/chart SYMBOL [INTERVAL] [overlays…]',
  examples: ['/chart ethusdt 5m', '/chart btc 1h ema(20) ema(50) rsi', '/chart sol 15m bb macd'],
  details:
    'Overlays are whatever one can write in an alert: ema(50), bb, rsi, macd, z(60), btcusdt/ethusdt. The order does not matter.',
  args: [
    { name: 'symbol', kind: 'symbol', description: 'For example ethusdt', required: true },
    { name: 'interval', kind: 'interval', description: 'Length of a bar, e.g. 5m', required: false },
    { name: 'overlays', kind: 'text', description: 'For example: ema(20) bb rsi', required: false },
  ],
  slow: true,
  private: false,
  async run(context, text) {
    const { symbol, interval, rest } = splitArguments(context, text);
    if (symbol === undefined) throw missingSymbol(context, text);
    const { instrument } = requireInstrument(context, symbol);
    const length = interval ?? context.chat.interval;
    const overlays = parseOverlays(context, rest, instrument, length);
    const view: ChartView = { kind: 'chart', instrument, interval: length, overlays: overlays.map(storeOverlay) };
    const id = await context.views.insert({ chatKey: context.chatKey, state: view });
    return chartMessage(context, view, id);
  },
  actions: { cv: changeView, ch: chartOfRule },
};

function missingSymbol(context: CommandContext, text: string): UserError {
  const [first] = splitWords(text);
  if (first === undefined)
    return new UserError('symbol-missing', 'Which symbol?', { hint: 'For example /chart ethusdt 5m' });
  requireInstrument(context, first);
  return new UserError('symbol-missing', `I see no symbol in “${text}”.`, {
    hint: 'For example /chart ethusdt 5m rsi',
  });
}

/** `i` another interval, `t` an overlay on or off, `r` drawn anew, `a` how to set an alert. */
async function changeView(context: CommandContext, [viewId, what, value]: readonly string[]): Promise<PressOutcome> {
  const stored = await context.views.get(viewId);
  const view = stored?.chatKey === context.chatKey ? parseView(stored.state) : undefined;
  if (view === undefined) return { toast: 'This chart is too old to change. Ask for a new one with /chart.' };
  if (what === 'a') return { reply: alertHint(view) };
  const changed = what === 'i' ? withInterval(view, value) : what === 't' ? toggled(context, view, value) : view;
  if (changed !== view) await context.views.update(viewId, context.chatKey, changed);
  return { edit: await chartMessage(context, changed, viewId) };
}

function withInterval(view: ChartView, text: string): ChartView {
  const interval = parseInterval(text);
  if (interval === undefined) return view;
  const [before, after] = [`@${formatInterval(view.interval)}`, `@${formatInterval(interval)}`];
  return { ...view, interval, overlays: view.overlays.map((overlay) => overlay.replaceAll(before, after)) };
}

function toggled(context: CommandContext, view: ChartView, name: string): ChartView {
  const rest = view.overlays.filter((overlay) => !overlay.includes(`${name}(`));
  if (rest.length < view.overlays.length) return { ...view, overlays: rest };
  const added = parseOverlays(context, name, view.instrument, view.interval).map(storeOverlay);
  return { ...view, overlays: [...view.overlays, ...added].slice(0, 8) };
}

function alertHint(view: ChartView) {
  const symbol = view.instrument.slice(view.instrument.lastIndexOf(':') + 1);
  const interval = formatInterval(view.interval);
  return {
    text: [
      'Type what should happen, for example\n',
      { code: `/alert ${symbol} ${interval} z > 2` },
      '\n',
      { code: `/alert ${symbol} ${interval} rsi < 30` },
      '\n',
      { code: `/alert ${symbol} +5% 1h` },
    ],
    private: true,
  };
}

/** The chart of an alert: its instrument with the series it looks at. */
async function chartOfRule(context: CommandContext, [ruleId]: readonly string[]): Promise<PressOutcome> {
  const rule = context.rules.running(ruleId);
  const stored = await context.rules.get(ruleId);
  if (rule === undefined || stored?.chatKey !== context.chatKey) return { toast: 'This alert is gone.' };
  const { overlays } = ruleOverlays(rule);
  const view: ChartView = {
    kind: 'chart',
    instrument: rule.instrument,
    interval: rule.interval,
    overlays: overlays.map(storeOverlay),
  };
  const id = await context.views.insert({ chatKey: context.chatKey, state: view });
  return { reply: await chartMessage(context, view, id) };
}
