import type { RuleText } from '../engine/language/ast.ts';
import { describeRule } from '../engine/language/print.ts';
import { formatInterval, HOUR, MINUTE } from '../engine/market/interval.ts';
import { MOST_ALERTS } from './alert.ts';
import type { Command, CommandContext } from './command.ts';
import { formatLength, formatPercent, formatPrice, formatTime } from './format.ts';
import type { Button, Message, TextSpan } from './message.ts';
import { type Nearness, nearnessOf } from './nearness.ts';
import type { RuleView, StoredRule } from './ports.ts';
import { describeCondition, formatSeriesValue } from './rule-words.ts';
import type { PressOutcome } from './service.ts';

const PAGE = 10;
const SNOOZE_MS = HOUR;

export const alerts: Command = {
  name: 'alerts',
  summary: 'Your alerts, the nearest to firing first',
  usage: '/alerts',
  examples: ['/alerts'],
  args: [],
  slow: true,
  private: false,
  run: (context) => listMessage(context, 0),
  actions: {
    als: async (context, [page]) => ({ edit: await listMessage(context, Number(page) || 0) }),
    al: async (context, [id, page]) =>
      withRule(context, id, async (rule) => ({ edit: await detail(context, rule, page) })),
    pau: (context, [id, page]) => change(context, id, page, 'pause'),
    res: (context, [id, page]) => change(context, id, page, 'resume'),
    snz: snooze,
    del: remove,
  },
};

interface Row {
  readonly stored: StoredRule;
  readonly rule: RuleText | undefined;
  readonly view: RuleView | undefined;
  readonly near: Nearness;
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Nearest first; what cannot fire now comes last. */
async function rows(context: CommandContext): Promise<readonly Row[]> {
  const stored = await context.rules.list(context.chatKey);
  const all: Row[] = [];
  for (const item of stored) {
    const rule = context.rules.running(item.id);
    const view = context.rules.view(item.id);
    const near = rule === undefined ? NOWHERE : nearnessOf(context.market, rule, view);
    all.push({ stored: item, rule, view, near });
    await breathe();
  }
  const rank = (row: Row): number => (row.view === undefined || QUIET.has(row.view.state) ? 1 : 0);
  return all.sort((a, b) => rank(a) - rank(b) || a.near.way - b.near.way || a.stored.number - b.stored.number);
}

const NOWHERE: Nearness = { value: undefined, threshold: undefined, price: undefined, way: Number.POSITIVE_INFINITY };
const QUIET: ReadonlySet<string> = new Set(['paused', 'muted', 'done', 'expired', 'broken']);

async function listMessage(context: CommandContext, page: number): Promise<Message> {
  const all = await rows(context);
  if (all.length === 0) {
    return {
      text: ['No alerts yet. Try ', { code: '/alert btcusdt z > 2' }, ' or ', { code: '/alert eth +5% 1h' }, '.'],
    };
  }
  const pages = Math.ceil(all.length / PAGE);
  const at = Math.min(Math.max(0, page), pages - 1);
  const shown = all.slice(at * PAGE, (at + 1) * PAGE);
  const most = MOST_ALERTS[context.asker.chatKind];
  const head: TextSpan[] = [{ bold: 'Alerts' }, ` ${all.length} of ${most}, nearest first`];
  const text = shown.reduce<TextSpan[]>((spans, row) => [...spans, '\n', ...rowLine(context, row)], head);
  const numbers = shown.map((row) => context.button(`${row.stored.number} ▾`, 'al', [row.stored.id, String(at)]));
  const turns: Button[] = [];
  if (at > 0) turns.push(context.button('◀', 'als', [String(at - 1)]));
  if (at < pages - 1) turns.push(context.button('▶', 'als', [String(at + 1)]));
  return { text, buttons: [numbers.slice(0, 5), numbers.slice(5), turns].filter((row) => row.length > 0) };
}

function rowLine(context: CommandContext, { stored, rule, view, near }: Row): readonly TextSpan[] {
  const number: TextSpan = { code: String(stored.number) };
  if (rule === undefined || view === undefined) return [number, ` ⚠️ ${stored.text} · not running`];
  const name = describeCondition(rule);
  const state = stateWords(context, view);
  if (state !== undefined) return [number, ` ${state[0]} `, { bold: name }, ` · ${state[1]}`];
  return [number, ' ', { bold: name }, ` · ${formatInterval(rule.interval)}${distance(context, rule, near)}`];
}

/** ` · 1.62 · at 64,310 (+0.7 %)`, or how far the value is where no price can be told. */
function distance({ market, chat }: CommandContext, rule: RuleText, near: Nearness): string {
  if (near.value === undefined || near.threshold === undefined) return ' · warming up';
  const value = formatSeriesValue({ market }, rule, near.value, chat.locale);
  const last = market.price(rule.instrument);
  if (near.price !== undefined && last !== undefined) {
    const price = formatPrice(near.price, market.symbols.get(rule.instrument)?.tick, chat.locale);
    return ` · now ${value} · at ${price} (${formatPercent(near.price / last.price - 1, chat.locale)})`;
  }
  const gap = formatSeriesValue({ market }, rule, Math.abs(near.threshold - near.value), chat.locale);
  return ` · now ${value}, ${gap} away`;
}

function stateWords(
  { chat, clock }: CommandContext,
  view: RuleView,
): readonly [mark: string, words: string] | undefined {
  const { saved } = view;
  const at = (ts: number): string => formatTime(ts, chat.timeZone, clock.now());
  switch (view.state) {
    case 'paused':
      return ['⏸', 'paused'];
    case 'muted':
      return ['⏸', `snoozed until ${at(saved.mutedUntil ?? saved.since)}`];
    case 'stale':
      return ['⚠️', 'no data: I cannot see whether it fires'];
    case 'done':
      return ['☑️', `done${saved.lastFiredAt === undefined ? '' : `, fired ${at(saved.lastFiredAt)}`}`];
    case 'expired':
      return ['☑️', 'expired'];
    case 'broken':
      return ['⚠️', 'broken'];
    case 'pending':
      return ['⏳', `true since ${at(saved.pendingSince ?? saved.since)}, must hold`];
    case 'fired':
      return view.saved.lastFiredAt === undefined
        ? ['🔕', 'true already; waits for the next time']
        : ['🔔', `fired ${at(view.saved.lastFiredAt)}, waits to re-arm`];
    case 'armed':
      return undefined;
  }
}

/** One alert with everything that can be done to it. */
async function detail(context: CommandContext, stored: StoredRule, page: string | undefined): Promise<Message> {
  const { rules, market, chat, clock } = context;
  const rule = rules.running(stored.id);
  const view = rules.view(stored.id);
  if (rule === undefined || view === undefined) return { text: [{ code: stored.text }, '\nnot running'] };
  const near = nearnessOf(market, rule, view);
  const state = stateWords(context, view);
  const [last] = await rules.firings(stored.id, 1);
  const spans: TextSpan[] = [
    { code: String(stored.number) },
    ' ',
    { bold: describeRule(rule) },
    ` · ${formatInterval(rule.interval)} · ${rule.instrument.slice(0, rule.instrument.lastIndexOf(':'))}`,
    `\n${state === undefined ? 'armed' : `${state[0]} ${state[1]}`}${distance(context, rule, near)}`,
    last === undefined
      ? '\nIt has not fired yet.'
      : `\nFired ${view.saved.firings} times, last ${formatTime(last.ts, chat.timeZone, clock.now())}, ${formatLength(clock.now() - last.ts)} ago.`,
  ];
  return { text: spans, buttons: detailButtons(context, stored, view, page ?? '0') };
}

function detailButtons(context: CommandContext, { id, ownerId }: StoredRule, view: RuleView, page: string) {
  const rests = ['paused', 'muted', 'done'].includes(view.state);
  const toggle = rests
    ? context.button('▶ Resume', 'res', [id, page], ownerId)
    : context.button('⏸ Pause', 'pau', [id, page], ownerId);
  return [
    [toggle, context.button('Chart', 'ch', [id]), context.button('Delete', 'del', [id], ownerId)],
    [context.button('◀ All alerts', 'als', [page])],
  ];
}

type Act = (rule: StoredRule) => Promise<PressOutcome>;

async function withRule(context: CommandContext, id: string, act: Act): Promise<PressOutcome> {
  const rule = await context.rules.get(id);
  if (rule === undefined || rule.deletedAt !== undefined || rule.chatKey !== context.chatKey)
    return { toast: 'This alert is gone.' };
  return act(rule);
}

/** As `withRule`, for what only the owner and the chat's admins may do. */
function withOwnRule(context: CommandContext, id: string, act: Act): Promise<PressOutcome> {
  return withRule(context, id, async (rule) =>
    context.mayActFor(rule.ownerId) ? act(rule) : { toast: 'Only its owner or an admin may do that.' },
  );
}

function change(
  context: CommandContext,
  id: string,
  page: string | undefined,
  how: 'pause' | 'resume',
): Promise<PressOutcome> {
  return withOwnRule(context, id, async (rule) => {
    await context.rules[how](id);
    return { toast: how === 'pause' ? 'Paused.' : 'Running again.', edit: await detail(context, rule, page) };
  });
}

function snooze(context: CommandContext, [id]: readonly string[]): Promise<PressOutcome> {
  return withOwnRule(context, id, async () => {
    const until = context.clock.now() + SNOOZE_MS;
    await context.rules.pause(id, until);
    return { toast: `Quiet until ${formatTime(until, context.chat.timeZone, context.clock.now() + MINUTE)}.` };
  });
}

function remove(context: CommandContext, [id]: readonly string[]): Promise<PressOutcome> {
  return withOwnRule(context, id, async (stored) => {
    const rule = context.rules.running(id);
    await context.rules.remove(id, `deleted by ${context.asker.userId}`);
    const name = rule === undefined ? stored.text : describeCondition(rule);
    return { toast: 'Deleted.', reply: { text: ['🗑 ', { bold: name }, ' is deleted.'], silent: true } };
  });
}
