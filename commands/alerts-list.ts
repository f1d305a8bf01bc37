import type { RuleText } from '../engine/language/ast.ts';
import { instrumentsOf } from '../engine/language/references.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { MOST_ALERTS } from './alert-limits.ts';
import { AT_REST, distance, intervalOf, stateWords } from './alert-words.ts';
import { breathe } from './breathe.ts';
import { clipped } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { namesWords } from './definition-origin.ts';
import { formatMinute } from './format.ts';
import type { Button, Message, TextSpan } from './message.ts';
import { mutedWords } from './muted-words.ts';
import { type Nearness, nearnessOf, UNKNOWN } from './nearness.ts';
import type { RuleView, StoredRule } from './ports.ts';
import { quietUntil } from './quiet-hours.ts';
import { describeCondition, modesFor } from './rule-words.ts';

const PAGE = 10;
/** A longer rule is cut: a list is for scanning. */
const LONGEST_NAME = 70;

interface Row {
  readonly stored: StoredRule;
  readonly rule: RuleText | undefined;
  readonly view: RuleView | undefined;
  readonly near: Nearness;
}

/** What watches comes first, then what must become false before it can fire, then what cannot fire. */
const WATCHING: ReadonlySet<string> = new Set(['armed', 'pending', 'stale']);

function rankOf({ view }: Row): number {
  if (view === undefined) return 2;
  return WATCHING.has(view.state) ? 0 : view.state === 'fired' ? 1 : 2;
}

/** Nearest first. */
async function rowsOf(context: CommandContext): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const stored of await context.rules.list(context.chatKey)) {
    const rule = context.rules.running(stored.id);
    const view = context.rules.view(stored.id);
    const near = rule === undefined ? UNKNOWN : nearnessOf(context.market, rule, view);
    rows.push({ stored, rule, view, near });
    await breathe();
  }
  // Infinity less infinity is no number, and so decides nothing.
  return rows.sort((a, b) => rankOf(a) - rankOf(b) || a.near.way - b.near.way || a.stored.number - b.stored.number);
}

/** Whether a rule looks at a symbol, of whatever venue. */
const looksAt = (rule: RuleText | undefined, symbol: string): boolean =>
  rule !== undefined && instrumentsOf(rule).some((instrument) => splitInstrument(instrument)[1] === symbol);

/** The chat's alerts, ten a page. @param symbol leaves out those that do not look at it */
export async function listMessage(context: CommandContext, page: number, symbol?: string): Promise<Message> {
  const all = await rowsOf(context);
  const rows = symbol === undefined ? all : all.filter(({ rule }) => looksAt(rule, symbol));
  if (rows.length === 0 && symbol !== undefined) {
    const text = [
      `No alert looks at ${symbol}. Try `,
      { code: `/alert ${symbol} z > 2` },
      ', or ',
      { code: '/alerts' },
    ];
    return { text: [...text, ' for all of them.'] };
  }
  if (rows.length === 0) {
    const text = ['No alerts yet. Try ', { code: '/alert btcusdt z > 2' }, ' or ', { code: '/alert eth +5% 1h' }, '.'];
    return { text };
  }
  const pages = Math.ceil(rows.length / PAGE);
  const at = Math.min(Math.max(0, Math.floor(page) || 0), pages - 1);
  const shown = rows.slice(at * PAGE, (at + 1) * PAGE);
  const order = rows.length === 1 ? '' : ', nearest first';
  const most = MOST_ALERTS[context.asker.chatKind];
  const count = symbol === undefined ? `${rows.length} of ${most}` : `on ${symbol}: ${rows.length} of ${all.length}`;
  const spans: TextSpan[] = [{ bold: 'Alerts' }, ` ${count}${order}`];
  const muted = await mutedWords(context);
  for (const row of shown) spans.push('\n', ...rowLine(context, row, muted(row.stored.instrument)));
  const quiet = quietUntil(context.chat.quiet, context.chat.timeZone, context.clock.now());
  if (quiet !== undefined)
    spans.push(`\n🔇 Quiet hours until ${formatMinute(quiet, context.chat.timeZone, context.clock.now())}.`);
  return { text: spans, buttons: listButtons(context, shown, { at, pages, symbol }) };
}

function rowLine(
  context: CommandContext,
  { stored, rule, view, near }: Row,
  muted: string | undefined,
): readonly TextSpan[] {
  const number: TextSpan = { code: String(stored.number) };
  if (rule === undefined || view === undefined)
    return [number, ` ⚠️ ${clipped(stored.text, LONGEST_NAME)} · does not run`];
  const interval = rule.interval === context.chat.interval ? [] : intervalOf(rule);
  const modes = modesFor(context.chat, context.clock.now(), rule);
  const condition = [describeCondition(rule), ...(modes === '' ? [] : [clipped(modes, LONGEST_NAME)])];
  condition[0] = clipped(condition[0], LONGEST_NAME) + namesWords(stored);
  const name = [...condition, ...interval].join(' · ');
  const state = stateWords(context, rule, view);
  // What rests fires nothing that a mute could keep.
  const mute = muted === undefined || AT_REST.has(view.state) ? '' : ` · ${muted}`;
  if (state !== undefined) return [number, ` ${state[0]} ${name} · ${state[1]}${mute}`];
  if (muted !== undefined) return [number, ` 🔇 ${name} · ${muted}`];
  return [number, ` ${name}${distance(context, rule, near)}`];
}

/** A symbol as a button carries it, which takes no dot, and back. */
const packed = (symbol: string): string => symbol.replaceAll('.', ':');
export const unpacked = (symbol: string | undefined): string | undefined => symbol?.replaceAll(':', '.');

interface Place {
  readonly at: number;
  readonly pages: number;
  readonly symbol: string | undefined;
}

function listButtons(context: CommandContext, shown: readonly Row[], { at, pages, symbol }: Place): Button[][] {
  const page = (to: number): readonly string[] => [String(to), ...(symbol === undefined ? [] : [packed(symbol)])];
  const numbers = shown.map(({ stored }) => context.button(`${stored.number} ▾`, 'al', [stored.id, String(at)]));
  const others: Button[] = [];
  if (at > 0) others.push(context.button('◀', 'als', page(at - 1)));
  if (at < pages - 1) others.push(context.button('▶', 'als', page(at + 1)));
  others.push(context.button('New', 'new', []));
  return [numbers.slice(0, 5), numbers.slice(5), others].filter((row) => row.length > 0);
}
