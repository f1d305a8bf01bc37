import type { RuleText } from '../engine/language/ast.ts';
import { boundTo, type StrategyText } from '../engine/language/strategy-ast.ts';
import type { SignalStory } from '../engine/ledger/rows.ts';
import { drawPicture } from './chart-picture.ts';
import type { FiringContext } from './firing-message.ts';
import type { Picture } from './message.ts';
import { ruleOverlays } from './rule-levels.ts';
import { priceWords } from './signal-message.ts';

const PLAIN: RuleText['modes'] = {
  ...{ once: false, every: undefined, onClose: true, hold: undefined, rearm: undefined, until: undefined },
  ...{ late: undefined, silent: false, message: undefined },
};

/**
 * The chart of a signal: the series that its strategy looks at, the signal's mark, and where it is entered, stopped and at its target.
 * @param text undefined where the strategy runs no more
 * @returns undefined where none can be drawn: a signal does not wait for its picture
 */
export async function signalPicture(
  context: FiringContext,
  { signal, opened }: SignalStory,
  text: StrategyText | undefined,
): Promise<Picture | undefined> {
  const { instrument, interval, side, ts, price, stop, target } = signal;
  const condition = text?.[side]?.enter;
  const shapes =
    condition === undefined
      ? { overlays: [] }
      : ruleOverlays({ instrument, interval, condition: boundTo(condition, instrument), modes: PLAIN });
  // With its price: a name may stand off its line, and the axis has no room for all prices.
  const named = (name: string, at: number) => ({
    ...{ price: at, label: `${name} ${priceWords(context, instrument, at)}`, isMain: true },
  });
  const levels = [
    named('entry', opened?.price ?? price),
    ...(stop === null ? [] : [named('stop', stop)]),
    ...(target === null ? [] : [named('target', target)]),
  ];
  // It is raised at the end of a bar, which is the next one's beginning.
  const mark = { ts: ts - 1, direction: side === 'long' ? 'up' : 'down', price, label: side } as const;
  const { chat, log } = context;
  try {
    const order = { instrument, interval, ...shapes, levels, marks: [mark] };
    return (await drawPicture(context, { ...order, timeZone: chat.timeZone, locale: chat.locale })).picture;
  } catch (error) {
    log.warn({ err: error, signal: signal.id }, 'a signal goes out without its picture');
    return undefined;
  }
}
