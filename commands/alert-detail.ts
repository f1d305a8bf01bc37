import { splitInstrument } from '../engine/market/instrument.ts';
import { isMarket } from '../engine/market/listing.ts';
import { AT_REST, standing, stateWords, title } from './alert-words.ts';
import type { CommandContext } from './command.ts';
import { originLines } from './definition-origin.ts';
import { formatLength, formatMinute } from './format.ts';
import type { Button, Message, TextSpan } from './message.ts';
import { mutedWords } from './muted-words.ts';
import type { RuleView, StoredRule } from './ports.ts';

/** Longer ones do not fit into a button. */
const LONGEST_SYMBOL = 30;

/** One alert with everything that can be done to it. `page` is the list's page to go back to. */
export async function detailMessage(context: CommandContext, stored: StoredRule, page: string): Promise<Message> {
  const { rules } = context;
  const rule = rules.running(stored.id);
  const view = rules.view(stored.id);
  const number: TextSpan = { code: String(stored.number) };
  if (rule === undefined || view === undefined) {
    const text = [number, ' ⚠️ ', { code: stored.text }, '\nI can no longer read it, so it does not run.'];
    return { text, buttons: [[deleteButton(context, stored, page)], [backButton(context, page)]] };
  }
  const state = stateWords(context, rule, view);
  const spans: TextSpan[] = [number, ' ', ...title(context, rule), '\n', ...standing(context, rule, view)];
  if (state !== undefined) spans.push(`\n${state[0]} ${sentence(state[1])}`, ...(await causeWords(context, view)));
  const muted = (await mutedWords(context))(stored.instrument);
  if (muted !== undefined) spans.push(`\n🔇 ${sentence(muted)} What fires meanwhile comes as one message then.`);
  const called = await context.pings.of([stored.id]);
  if (called.length > 0) spans.push(`\nIt calls ${called.map(({ name }) => name).join(', ')}.`);
  spans.push(...(await originLines(context, stored)), '\n', await firingWords(context, stored, view));
  return { text: spans, buttons: detailButtons(context, stored, view, { page, isMuted: muted !== undefined }) };
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** What broke it, or had it paused by itself. */
async function causeWords({ rules }: CommandContext, { id, state }: RuleView): Promise<readonly string[]> {
  if (state !== 'broken' && state !== 'paused') return [];
  const change = (await rules.changes(id, 5)).find(({ to }) => to === state);
  if (change === undefined || change.cause === state) return [];
  return [` ${state === 'paused' ? sentence(change.cause) : `${change.cause}.`}`];
}

async function firingWords({ rules, chat, clock }: CommandContext, { id }: StoredRule, view: RuleView) {
  const [last] = await rules.firings(id, 1);
  if (last === undefined) return 'It has not fired yet.';
  const now = clock.now();
  const times = view.saved.firings === 1 ? 'once' : `${view.saved.firings} times, last`;
  return `Fired ${times} ${formatLength(now - last.ts)} ago, ${formatMinute(last.ts, chat.timeZone, now)}.`;
}

function detailButtons(
  context: CommandContext,
  stored: StoredRule,
  view: RuleView,
  { page, isMuted }: { readonly page: string; readonly isMuted: boolean },
): Button[][] {
  const { id } = stored;
  const chart = isMarket(stored.instrument) ? [context.button('Chart', 'ch', [id])] : [];
  const acts = [...chart, deleteButton(context, stored, page)];
  const toggle = toggleButton(context, stored, view, page);
  const watches = !AT_REST.has(view.state);
  const others = [
    ...(watches ? [context.button('Snooze 1h', 'snz', [id, page], stored.ownerId)] : []),
    ...(watches && !isMuted ? muteButtons(context, stored) : []),
    ...pingButtons(context, stored),
  ];
  return [toggle === undefined ? acts : [toggle, ...acts], others, [backButton(context, page)]].filter(
    (row) => row.length > 0,
  );
}

/** What is over or broken can neither be paused nor go on. */
function toggleButton(context: CommandContext, { id, ownerId }: StoredRule, view: RuleView, page: string) {
  if (view.state === 'expired' || view.state === 'broken') return undefined;
  if (view.state === 'done') return context.button('▶ Again', 'res', [id, page], ownerId);
  return view.state === 'paused' || view.state === 'muted'
    ? context.button('▶ Resume', 'res', [id, page], ownerId)
    : context.button('⏸ Pause', 'pau', [id, page], ownerId);
}

function muteButtons(context: CommandContext, { instrument }: StoredRule): Button[] {
  if (!isMarket(instrument)) return [];
  const [, symbol] = splitInstrument(instrument);
  const isShort = symbol.length <= LONGEST_SYMBOL && /^[A-Za-z0-9_:.-]+$/.test(symbol);
  return !isShort ? [] : [context.button(`Mute ${symbol} 2h`, 'mut', [symbol])];
}

const pingButtons = (context: CommandContext, { id }: StoredRule): Button[] =>
  context.asker.chatKind === 'group' ? [context.button('Ping me too', 'pme', [id])] : [];

const deleteButton = (context: CommandContext, { id, ownerId }: StoredRule, page: string): Button =>
  context.button('Delete', 'del', [id, page], ownerId);

const backButton = (context: CommandContext, page: string): Button => context.button('◀ All alerts', 'als', [page]);
