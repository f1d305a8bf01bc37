import { UserError } from '../engine/errors.ts';
import type { RuleText } from '../engine/language/ast.ts';
import { costOf } from '../engine/language/limits.ts';
import { groupedNumber } from '../engine/language/numbers.ts';
import { parseRule } from '../engine/language/parse.ts';
import { printRule } from '../engine/language/print.ts';
import { isMarket } from '../engine/market/listing.ts';
import { requireRoom } from './alert-limits.ts';
import { alertNumber, numberedAlert } from './alert-number.ts';
import { remakeActions } from './alert-remake.ts';
import { savedMessage } from './alert-saved.ts';
import { twinActions, twinMessage, twinOf } from './alert-twins.ts';
import { startWizard, symbolAlone, wizardActions, wizardFor } from './alert-wizard.ts';
import type { Command, CommandContext } from './command.ts';
import { completeRule } from './complete-rule.ts';
import { refuseOfPerpetual } from './perpetual-facts.ts';
import { propose } from './proposal.ts';
import { proposalActions } from './proposal-actions.ts';
import { votesNeeded } from './rule-policy.ts';
import { typedScopeOf } from './scope.ts';

export const alert: Command = {
  name: 'alert',
  summary: 'Watch for something: btcusdt z > 2',
  usage: '/alert SYMBOL [INTERVAL] CONDITION [modes]',
  permission: 'members',
  examples: [
    '/alert btcusdt z > 2',
    '/alert btc > 70k once',
    '/alert eth 5m rsi < 30 and close > ema(200)',
    '/alert sol +5% 1h',
    '/alert btc ema(20) crosses above ema(50) on close',
    '/alert z(btcusdt/ethusdt, 60) > 2 for 3m every 30m',
    '/alert btc leaves [60k, 70k] "{symbol} left the range: {price}"',
    '/alert listing binance usdt',
  ],
  details:
    'Intervals are 5m, 1h, 1d and the like. ' +
    'Modes: once · every 15m · on close · for 5m · rearm 1.5 · gate rsi < 50 · until friday · for the next 7d · ' +
    'late within 2h · silent · "a message". ' +
    'Without a mode it tells of each new crossing, at most every 15 minutes.',
  args: [{ name: 'rule', kind: 'text', description: 'For example: btcusdt z > 2', required: false }],
  slow: true,
  private: false,
  async run(context, text) {
    if (text === '') return startWizard(context);
    const symbol = symbolAlone(context, text);
    if (symbol !== undefined) return wizardFor(context, symbol);
    const number = alertNumber(text);
    if (number !== undefined) return numberedAlert(context, number);
    refuseOrder(text);
    const { rule, used, notes } = await readTyped(context, text);
    const same = await twinOf(context, printRule(rule));
    if (same !== undefined) return twinMessage(context, same);
    await requireRoom(context);
    context.spend('cost', costOf([rule.condition]));
    context.spend('alerts');
    const votes = votesNeeded(context);
    if (votes !== undefined) return propose(context, rule, used, votes);
    if (isMarket(rule.instrument)) await warm(context, rule.instrument, rule.interval);
    const stored = await context.rules.create({
      chatKey: context.chatKey,
      ownerId: context.asker.userId,
      text: printRule(rule),
      rule,
      definitions: used,
    });
    return savedMessage(context, stored, rule, notes);
  },
  actions: {
    ...remakeActions,
    ...twinActions,
    ...wizardActions,
    ...proposalActions,
  },
  async complete(context, argument, typed) {
    return argument === 'rule' ? completeRule(context, typed) : [];
  },
};

interface TypedRule {
  readonly rule: RuleText;
  /** Names of the chat's definitions that it was written with. */
  readonly used: readonly string[];
  /** How numbers were read that could be read otherwise. */
  readonly notes: readonly string[];
}

/** @throws UserError where the text is none, or a number in it can be read in two ways and no price tells which */
async function readTyped(context: CommandContext, text: string): Promise<TypedRule> {
  const unpriced = new Set<string>();
  const read = (): TypedRule => {
    const used = new Set<string>();
    const notes = new Set<string>();
    const scope = typedScopeOf(context, (written, value) => {
      notes.add(`I read ${written} as ${groupedNumber(value)}.`);
    });
    const price = (instrument: string): number | undefined => {
      const last = scope.typed?.price(instrument);
      if (last === undefined) unpriced.add(instrument);
      return last;
    };
    const typed = { ...scope.typed, price };
    const rule = parseRule(text, { ...scope, typed, onDefinition: (name) => used.add(name) });
    return { rule, used: [...used], notes: [...notes] };
  };
  const checked = async (found: TypedRule): Promise<TypedRule> => {
    await refuseOfPerpetual(context, text, found.rule);
    return found;
  };
  try {
    return await checked(read());
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'two-readings' || unpriced.size === 0) throw error;
    // What nobody has asked for yet has no price: it may tell.
    await Promise.all([...unpriced].map((instrument) => warm(context, instrument, context.chat.interval)));
    return checked(read());
  }
}

/** `/alert list`, `/alert delete 3`. @throws UserError where no rule can be meant */
function refuseOrder(text: string): void {
  if (!/^(list|show|all|delete|remove|stop|pause|edit)( all| #?\d+)*$/i.test(text)) return;
  throw new UserError('alert-order', 'I read that as no rule.', {
    hint: '/alerts lists this chat’s alerts; each can be paused and deleted there.',
  });
}

/** How long an answer waits for bars, in ms: `saved` comes at once, whatever the venue does. */
const BARS_PATIENCE_MS = 150;

/** Lets the bars come in before the rule is set, so that it starts warm; a venue that is slow or down does not hold it up. */
async function warm({ market, clock, log }: CommandContext, instrument: string, interval: number): Promise<void> {
  market.watch(instrument);
  const bars = market.bars(instrument, interval, 300).catch((error: unknown) => {
    log.warn({ err: error, instrument }, 'a rule is set before its bars are there');
  });
  let cancel = (): void => {};
  const patience = new Promise<void>((resolve) => {
    cancel = clock.after(BARS_PATIENCE_MS, resolve);
  });
  await Promise.race([bars, patience]);
  cancel();
}
