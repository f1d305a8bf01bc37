import { UserError } from '../engine/errors.ts';
import { costOf } from '../engine/language/limits.ts';
import { formatInterval, parseInterval } from '../engine/market/interval.ts';
import { lookup } from '../engine/series/catalog.ts';
import { withRule } from './alert-actions.ts';
import { alertHint } from './alert-hint.ts';
import { requireNoOtherInterval } from './chart-interval.ts';
import { type ChartView, chartMessage, isIndicator, overlaysOf, parseView, viewOf } from './chart-view.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import type { Message } from './message.ts';
import { type PlacedOverlay, parseOverlays, requireRoom } from './overlays.ts';
import { legsOf, namesOf, ratioId } from './ratio.ts';
import { ruleOverlays } from './rule-levels.ts';
import { scopeOf, storedScope } from './scope.ts';
import type { PressOutcome } from './service.ts';
import { requireInstrument, type SplitArguments, splitArguments, splitWords } from './symbol-argument.ts';

export const chart: Command = {
  name: 'chart',
  summary: 'A chart, with what you want on it',
  usage: '/chart SYMBOL [INTERVAL] [overlays…]',
  permission: 'members',
  examples: [
    '/chart ethusdt 5m',
    '/chart btc 1h ema(20) ema(50) rsi',
    '/chart sol 15m bb macd',
    '/chart btc/eth z(60)',
  ],
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
    const split = splitArguments(context, text);
    const { instrument, typed, rest } = typedInstrument(context, split, text);
    const place = { instrument, interval: split.interval ?? context.chat.interval };
    const overlays = typedOverlays(context, { ...split, typed, rest, text }, place);
    context.spend('cost', costOf(overlays.map(({ expr }) => expr)));
    return newChart(context, viewOf(place, overlays));
  },
  actions: { cv: { permission: 'members', run: changeView }, ch: { permission: 'members', run: chartOfRule } },
};

async function newChart(context: CommandContext, view: ChartView): Promise<Message> {
  const id = await context.views.insert({ chatKey: context.chatKey, state: view });
  return chartMessage(context, view, id);
}

/** What is to be drawn, as it was typed, and the text with blanks where it stood. */
interface TypedInstrument {
  readonly instrument: string;
  readonly typed: string;
  readonly rest: string;
}

/** A symbol, or a ratio of two where no other symbol is named. @throws UserError where there is neither */
function typedInstrument(context: CommandContext, split: SplitArguments, text: string): TypedInstrument {
  const { symbol, rest } = split;
  if (symbol !== undefined)
    return { instrument: requireInstrument(context, symbol, text).instrument, typed: symbol, rest };
  for (const word of splitWords(rest)) {
    const instrument = ratioOf(context, word, text);
    if (instrument !== undefined) return { instrument, typed: word, rest: rest.replace(word, ' '.repeat(word.length)) };
  }
  throw missingSymbol(context, text);
}

/** The id of `btc/eth`; undefined where neither side is a symbol. @throws UserError where one of them is none */
function ratioOf(context: CommandContext, word: string, text: string): string | undefined {
  const sides = word.split('/');
  const isKnown = (side: string) => splitArguments(context, side).symbol !== undefined;
  if (sides.length !== 2 || !sides.some(isKnown)) return undefined;
  const [above, below] = sides.map((side) => requireInstrument(context, side, text).instrument);
  if (above !== below) return ratioId(above, below);
  throw new UserError('ratio-of-one', `${quoted(word)} is always 1.`, { hint: 'For example /chart btcusdt/ethusdt' });
}

/** @throws UserError whose offers are whole commands again */
function typedOverlays(
  context: CommandContext,
  {
    typed,
    interval,
    rest,
    text,
  }: Omit<TypedInstrument, 'instrument'> & Pick<SplitArguments, 'interval'> & { readonly text: string },
  place: { readonly instrument: string; readonly interval: number },
): readonly PlacedOverlay[] {
  try {
    return parseOverlays(rest, { ...scopeOf(context), ...place });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const target = [typed, ...(interval === undefined ? [] : [formatInterval(interval)])].join(' ');
    requireNoComparison(rest, target);
    requireNoOtherInterval(text, rest, interval);
    const { code, message, hint, span } = error;
    const suggestions = error.suggestions.map((text) => `${target} ${text.trim().replace(/\s+/g, ' ')}`);
    throw new UserError(code, message, {
      ...(hint === undefined ? {} : { hint }),
      ...(span === undefined ? {} : { span }),
      suggestions,
      cause: error,
    });
  }
}

/** What is true or false is watched, not drawn. @throws UserError where a comparison stands outside of all brackets */
function requireNoComparison(rest: string, target: string): void {
  const outside = rest.replace(/\([^()]*(?:\([^()]*\)[^()]*)*\)/g, (within) => ' '.repeat(within.length));
  const compared = /[<>≤≥]|\b(?:crosses|above|below|rises|falls)\b/i.exec(outside);
  if (compared === null) return;
  const series = rest.slice(0, compared.index).trim().replace(/\s+/g, ' ');
  const condition = rest.trim().replace(/\s+/g, ' ');
  throw new UserError('chart-condition', 'A chart draws series; what is true or false an alert watches.', {
    hint: `Set it with \`/alert ${target} ${condition}\`.`,
    span: [compared.index, rest.trimEnd().length],
    suggestions: [[target, ...(series === '' ? [] : [series])].join(' ')],
  });
}

function missingSymbol(context: CommandContext, text: string): UserError {
  const [first] = splitWords(text);
  if (first === undefined)
    return new UserError('symbol-missing', 'Which symbol?', { hint: 'For example /chart ethusdt 5m' });
  const isName = (word: string) => /^[a-z][a-z0-9:/_.-]*$/i.test(word) && lookup(word) === undefined;
  const named = splitWords(text).find(isName);
  if (named !== undefined) requireInstrument(context, named, text);
  return new UserError('symbol-missing', `I see no symbol in ${quoted(text)}.`, {
    hint: 'For example /chart ethusdt 5m rsi',
  });
}

const TOO_OLD = 'This chart is too old to change. Ask for a new one with /chart.';

/** `i` another interval, `t` an indicator on or off, `r` drawn anew, `a` how to set an alert. */
async function changeView(
  context: CommandContext,
  [viewId, what, value = '']: readonly string[],
): Promise<PressOutcome> {
  const stored = await context.views.get(viewId);
  const view = stored?.chatKey === context.chatKey ? parseView(stored.state) : undefined;
  if (view === undefined) return { toast: TOO_OLD };
  if (what === 'a') return { reply: hintOf(view) };
  const changed = what === 'i' ? withInterval(view, value) : what === 't' ? toggled(view, value) : view;
  const edit = await chartMessage(context, changed, viewId);
  if (changed !== view) await context.views.update(viewId, context.chatKey, changed);
  return { edit };
}

/** How to set an alert on what is shown. A ratio is a series as others are: what is computed from it takes it in brackets. */
function hintOf({ instrument, interval }: ChartView): Message {
  const { symbol } = namesOf(instrument);
  const length = formatInterval(interval);
  if (legsOf(instrument) === undefined) return alertHint(`${symbol} ${length}`);
  const [above] = symbol.split('/');
  const code = `/alert ${above} ${length} z(${symbol}, 60) > 2`;
  return { text: ['Type what should happen, for example\n', { code }], private: true };
}

function withInterval(view: ChartView, text: string): ChartView {
  const interval = parseInterval(text);
  return interval === undefined || interval === view.interval ? view : { ...view, interval };
}

/** @throws UserError where there is no room for one more */
function toggled(view: ChartView, name: string): ChartView {
  const overlays = overlaysOf(view);
  const others = overlays.filter((overlay) => !isIndicator(view, overlay, name));
  if (others.length < overlays.length) return viewOf(view, others);
  const all = [...overlays, ...parseOverlays(name, { ...storedScope(view), instrument: view.instrument })];
  requireRoom(all, view);
  return viewOf(view, all);
}

/** The chart of an alert: its instrument with the series it looks at. */
function chartOfRule(context: CommandContext, [id]: readonly string[]): Promise<PressOutcome> {
  return withRule(context, id, async () => {
    const rule = context.rules.running(id);
    if (rule === undefined) return { toast: 'I can no longer read this alert.' };
    return { reply: await newChart(context, viewOf(rule, ruleOverlays(rule).overlays)) };
  });
}
