import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../engine/market/interval.ts';
import {
  buttonOf,
  type CommandHarness,
  createCommandHarness,
  member,
  someone,
  textOf,
} from '../test/doubles/command-harness.ts';
import { createEndlessSearches } from '../test/doubles/endless-searches.ts';
import { allows, type Permission, type Role } from './permission.ts';
import { COMMANDS } from './registry.ts';
import type { Asker } from './service.ts';

/** Who is expected to be let through, written out by hand: whoever adds a command or a button says here for whom it is. */
const LINES: readonly (readonly [line: string, expected: string])[] = [
  //                          owner admin member reader blocked
  ['/start', '                yes   yes   yes    no     no'],
  ['/help', '                 yes   yes   yes    no     no'],
  ['/price btcusdt', '        yes   yes   yes    no     no'],
  ['/find btc', '             yes   yes   yes    no     no'],
  ['/chart btcusdt', '        yes   yes   yes    no     no'],
  ['/value btc rsi', '        yes   yes   yes    no     no'],
  ['/summary btc', '          yes   yes   yes    no     no'],
  ['/stats btc', '            yes   yes   yes    no     no'],
  ['/vol btc', '              yes   yes   yes    no     no'],
  ['/season btc', '           yes   yes   yes    no     no'],
  ['/pair eth btc', '         yes   yes   yes    no     no'],
  ['/pairs btc eth', '        yes   yes   yes    no     no'],
  ['/corr btc eth', '         yes   yes   yes    no     no'],
  ['/compare btc eth', '      yes   yes   yes    no     no'],
  ['/anomaly btc', '          yes   yes   yes    no     no'],
  ['/depth btc', '            yes   yes   yes    no     no'],
  ['/spread btc', '           yes   yes   yes    no     no'],
  ['/flow btc', '             yes   yes   yes    no     no'],
  ['/funding btc', '          yes   yes   yes    no     no'],
  ['/cluster btc eth sol', '  yes   yes   yes    no     no'],
  ['/movers', '               yes   yes   yes    no     no'],
  ['/alert btc > 70k', '      yes   yes   yes    no     no'],
  ['/alerts', '               yes   yes   yes    no     no'],
  ['/strategy', '             yes   yes   yes    no     no'],
  ['/backtest ma-cross btc', 'yes   yes   yes    no     no'],
  ['/optimize ma-cross btc', 'yes   yes   yes    no     no'],
  ['/feed', '                 yes   yes   yes    no     no'],
  ['/feed list', '            yes   yes   yes    no     no'],
  ['/feed add ma-cross btc', 'yes   yes   no     no     no'],
  ['/feed remove 1', '        yes   yes   no     no     no'],
  ['/why', '                  yes   yes   yes    no     no'],
  ['/ledger', '               yes   yes   yes    no     no'],
  ['/ledger verify', '        yes   yes   yes    no     no'],
  ['/ledger export', '        yes   yes   yes    no     no'],
  ['/leaderboard', '          yes   yes   yes    no     no'],
  ['/disclaimer', '           yes   yes   yes    no     no'],
  ['/mute', '                 yes   yes   yes    no     no'],
  ['/mute btc 2h', '          yes   yes   no     no     no'],
  ['/unmute btc', '           yes   yes   no     no     no'],
  ['/define', '               yes   yes   yes    no     no'],
  ['/defines', '              yes   yes   yes    no     no'],
  ['/webhook', '              yes   yes   no     no     no'],
  ['/webhook new', '          yes   yes   no     no     no'],
  ['/webhook remove 1', '     yes   yes   no     no     no'],
  ['/export bars btc 1h', '   yes   yes   yes    no     no'],
  ['/status', '               yes   yes   yes    no     no'],
  ['/venues', '               yes   yes   yes    no     no'],
  ['/settings', '             yes   yes   yes    no     no'],
  ['/settings zone', '        yes   yes   yes    no     no'],
  ['/settings zone UTC', '    yes   yes   no     no     no'],
  ['/settings rules admins', 'yes   yes   no     no     no'],
  ['/block 31', '             yes   yes   no     no     no'],
  ['/block 31 everywhere', '  yes   no    no     no     no'],
  ['/unblock 31', '           yes   yes   no     no     no'],
  ['/unblock 31 everywhere', 'yes   no    no     no     no'],
  ['/audit', '                yes   yes   no     no     no'],
  ['/audit 50', '             yes   yes   no     no     no'],
  ['/sim calm', '             yes   no    no     no     no'],
  ['/reload', '               yes   no    no     no     no'],
  ['/nonsense', '             yes   yes   yes    no     no'],
];

/** The same for buttons; `maker` is a member whose alert, name, offer or proposal it is. */
const ACTIONS: Readonly<Record<string, string>> = {
  //    owner admin maker member reader blocked
  cv: '  yes   yes   yes   yes    no     no',
  ch: '  yes   yes   yes   yes    no     no',
  why: ' yes   yes   yes   yes    no     no',
  als: ' yes   yes   yes   yes    no     no',
  al: '  yes   yes   yes   yes    no     no',
  new: ' yes   yes   yes   yes    no     no',
  dfs: ' yes   yes   yes   yes    no     no',
  pau: ' yes   yes   yes   no     no     no',
  res: ' yes   yes   yes   no     no     no',
  snz: ' yes   yes   yes   no     no     no',
  del: ' yes   yes   yes   no     no     no',
  und: ' yes   yes   yes   no     no     no',
  once: 'yes   yes   yes   no     no     no',
  onc: ' yes   yes   yes   no     no     no',
  pf: '  yes   yes   yes   no     no     no',
  keep: 'yes   yes   yes   no     no     no',
  dfd: ' yes   yes   yes   no     no     no',
  run: ' yes   yes   yes   no     no     no',
  aw: '  no    no    yes   no     no     no',
  sw: '  no    no    yes   no     no     no',
  pa: '  yes   yes   no    no     no     no',
  pv: '  yes   yes   no    yes    no     no',
  pr: '  yes   yes   yes   no     no     no',
  dga: ' yes   yes   yes   yes    no     no',
  dgp: ' yes   yes   yes   yes    no     no',
  pme: ' yes   yes   yes   yes    no     no',
  own: ' yes   yes   yes   yes    no     no',
  dgm: ' yes   yes   no    no     no     no',
  mut: ' yes   yes   no    no     no     no',
  unm: ' yes   yes   no    no     no     no',
  shr: ' yes   yes   yes   no     no     no',
  frm: ' yes   yes   no    no     no     no',
  flg: ' yes   yes   yes   yes    no     no',
  srm: ' yes   yes   yes   no     no     no',
  oc: '  yes   yes   yes   no     no     no',
};

const REFUSED = /^(Only |You are blocked|That button is not yours|You proposed it)/;
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const unlimited = { user: [], chat: [], guild: [] };
const quotas = { alerts: unlimited, charts: unlimited, previews: unlimited, exports: unlimited, cost: unlimited };

let harness: CommandHarness;
beforeAll(async () => {
  harness = await createCommandHarness({ quotas, simulator: { order: () => 1 }, searches: createEndlessSearches() });
});
afterAll(() => harness.drop());

/** Everybody of one chat, a new one for each case. */
let places = 0;
function people(kind: 'group' | 'channel') {
  const address = { platform: 'telegram', chat: `-100${++places}` };
  const who = (user: number, over: Partial<Asker> = {}) => member(user, { address, chatKind: kind, ...over });
  const admin = who(1, { isChatAdmin: true });
  // Whoever made what is in a channel administers it.
  const maker = kind === 'channel' ? admin : who(5);
  return { owner: who(999), admin, maker, member: who(6), reader: who(6), blocked: who(7) };
}

type Who = keyof ReturnType<typeof people>;

async function open(who: Who) {
  const all = people(who === 'reader' ? 'channel' : 'group');
  await harness.say('/block 7', all.admin);
  return all;
}

const audited = async (): Promise<number> => (await harness.ports.audit.newest(undefined, 100_000)).length;

const COLUMNS: readonly Who[] = ['owner', 'admin', 'member', 'reader', 'blocked'];
const cases = LINES.flatMap(([line, expected]) =>
  words(expected).map((verdict, i) => [line, COLUMNS[i], verdict] as const),
);

describe('every command', () => {
  it('stands in the table, and nothing else', () => {
    const told = new Set(LINES.map(([line]) => line.slice(1).split(' ')[0]).filter((name) => name !== 'nonsense'));
    expect([...told].sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
    for (const [, expected] of LINES) expect(words(expected)).toHaveLength(COLUMNS.length);
  });

  it.each(cases)('%s by %s: %s', async (line, who, verdict) => {
    const all = await open(who);
    const before = await audited();
    const text = textOf(await harness.say(line, all[who]));
    expect(REFUSED.test(text) ? 'no' : 'yes', text).toBe(verdict);
    if (verdict === 'no') expect(await audited()).toBe(before);
  });
});

/** What an action's buttons carry, made by `maker`. */
async function argsOf(action: string, maker: Asker): Promise<readonly string[]> {
  const { ports } = harness;
  const key = `telegram:${maker.address.chat}`;
  const rule = async (): Promise<string> => {
    await harness.trade('btcusdt', 59_900);
    await harness.say('/alert btc > 60100', maker);
    return (await harness.rules.list(key))[0].id;
  };
  const view = async (state: object) => [await ports.views.insert({ chatKey: key, state })];
  switch (action) {
    case 'cv':
      return [...(await view({ kind: 'chart', instrument: 'sim:btcusdt', interval: HOUR, overlays: [] })), 'i', '1m'];
    case 'why': {
      const id = await rule();
      await harness.trade('btcusdt', 60_150);
      return [`${id}-1`];
    }
    case 'als':
    case 'dfs':
      return ['0'];
    case 'dgm':
    case 'new':
      return [];
    case 'mut':
    case 'unm':
      return ['btcusdt'];
    case 'shr':
      return ['snz', await rule()];
    case 'dga':
    case 'dgp': {
      const id = await rule();
      await harness.trade('btcusdt', 60_150);
      const [row] = (await harness.ports.rules.deliveries(`${id}.1`)) as readonly { readonly id: string }[];
      return [row.id, '0'];
    }
    case 'und': {
      const id = await rule();
      await harness.rules.remove(id, 'a test');
      return [id];
    }
    case 'pf':
      return [await rule(), 'hold', '300000'];
    case 'dfd':
      await harness.say('/define tight = bbw(20) < 5%', maker);
      return [(await ports.definitions.list(key))[0].id];
    case 'srm':
      await harness.say('/strategy new cross on btc 1h like ma-cross', maker);
      return [(await ports.strategies.list(key))[0].id];
    case 'oc':
      return [buttonOf(await harness.say('/optimize ma-cross btc', maker), 'Cancel').data.split('.')[1]];
    case 'frm':
    case 'flg':
      await harness.say('/feed add ma-cross btc 1h', { ...maker, isChatAdmin: true });
      return [harness.feeds.list(key)[0].feed.id];
    case 'run':
      return view({ kind: 'retry', command: 'price', text: 'btcusdt' });
    case 'sw':
      return [...(await view({ kind: 'strategy-wizard', owner: maker.userId, instruments: ['sim:btcusdt'] })), 'b'];
    case 'aw':
      return [...(await view({ kind: 'alert-wizard', owner: maker.userId, instruments: ['sim:btcusdt'] })), 'b'];
    case 'pa':
    case 'pv':
    case 'pr': {
      const made = { proposerId: maker.userId, proposerName: maker.userName, text: 'sim:btcusdt 5m price > 70000' };
      const times = { votesNeeded: 1, expiresAt: harness.time.now() + HOUR };
      return [(await ports.proposals.insert({ chatKey: key, ...made, ...times, definitions: [] })).id];
    }
    default:
      return [await rule(), '0'];
  }
}

const PRESSERS: readonly Who[] = ['owner', 'admin', 'maker', 'member', 'reader', 'blocked'];
/** With whom they were made for, and without: nobody gains by a button that names nobody. */
const presses = Object.entries(ACTIONS).flatMap(([action, expected]) =>
  words(expected).flatMap((verdict, i) =>
    // An offer without a name on it is a command that whoever presses it could type as well.
    (action === 'run' ? ['named'] : ['named', 'unnamed']).map((how) => [action, how, PRESSERS[i], verdict] as const),
  ),
);

describe('every button', () => {
  it('stands in the table, and nothing else', () => {
    const names = [...COMMANDS.flatMap(({ actions }) => Object.keys(actions ?? {})), 'run'];
    expect(Object.keys(ACTIONS).sort()).toEqual(names.sort());
    for (const expected of Object.values(ACTIONS)) expect(words(expected)).toHaveLength(PRESSERS.length);
  });

  it.each(presses)('%s, %s, by %s: %s', async (action, how, who, verdict) => {
    const all = await open(who);
    const args = await argsOf(action, all.maker);
    const { button } = await harness.context(all.maker);
    const isOwned = words(ACTIONS[action])[3] === 'no' && action !== 'pa';
    const pressed = button('x', action, args, how === 'named' && isOwned ? all.maker.userId : undefined);
    const before = await audited();
    const outcome = await harness.press(pressed, all[who]);
    expect(REFUSED.test(outcome.toast ?? '') ? 'no' : 'yes', outcome.toast).toBe(verdict);
    expect(outcome.toast ?? '').not.toMatch(/no longer works|went wrong|is gone|too old/i);
    if (verdict === 'yes') return;
    expect([outcome.edit, outcome.reply, await audited()]).toEqual([undefined, undefined, before]);
  });
});

describe('what nobody has declared', () => {
  const roles: readonly Role[] = ['owner', 'admin', 'member', 'reader', 'blocked'];

  it.each([undefined, 'everybody', ''])('is open to nobody: %s', (permission) => {
    expect(roles.filter((role) => allows(role, permission as Permission))).toEqual([]);
  });

  it.each(['no role', '', undefined])('is nothing that one may do: %s', (role) => {
    const permissions: readonly Permission[] = ['members', 'own', 'admins', 'owner'];
    expect(permissions.filter((permission) => allows(role as Role, permission))).toEqual([]);
  });
});

describe('a role', () => {
  const isLet = async (asker: Asker) => !REFUSED.test(textOf(await harness.say('/status', asker)));

  it('is lost everywhere to a block everywhere, by an admin too, and by no owner', async () => {
    const elsewhere = someone({ userId: 'telegram:41', address: { platform: 'telegram', chat: '41' } });
    expect(await isLet(elsewhere)).toBe(true);
    await harness.say('/block 41 everywhere', member(999));
    expect([await isLet(elsewhere), await isLet(member(41, { isChatAdmin: true }))]).toEqual([false, false]);
    await harness.say('/unblock 41 everywhere', member(999));
    expect(await isLet(elsewhere)).toBe(true);
    expect(textOf(await harness.say('/block 999', member(1, { isChatAdmin: true })))).toContain('cannot be blocked');
  });

  it('blocked in a chat holds in its topics, and in no other chat', async () => {
    const address = { platform: 'telegram', chat: '-100777' };
    await harness.say('/block 42', member(1, { isChatAdmin: true, address }));
    expect(await isLet(member(42, { address: { ...address, thread: '9' } }))).toBe(false);
    expect(await isLet(member(42))).toBe(true);
    expect(await isLet(member(42, { address, isChatAdmin: true }))).toBe(true);
  });

  it('completes nothing for whoever is blocked', async () => {
    const address = { platform: 'telegram', chat: '-100778' };
    await harness.say('/block 43', member(1, { isChatAdmin: true, address }));
    const query = { command: 'chart', argument: 'symbol', typed: 'bt' };
    expect(await harness.service.complete({ ...query, asker: member(43, { address }) })).toEqual([]);
    expect(await harness.service.complete({ ...query, asker: member(44, { address }) })).not.toEqual([]);
  });
});
