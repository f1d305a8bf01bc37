import { expect } from 'vitest';
import { ALL_CHATS, createLadder } from './ladder.ts';
import { isAlert, takenByTelegram } from './ledger.ts';
import { scenario, times } from './scenario.ts';
import { until } from './until.ts';
import { judge, settled } from './verdict.ts';

const CHARTS = times(10, 50);
const ladder = createLadder(6, ALL_CHATS);

scenario(
  `${CHARTS} charts asked for at once are all drawn, and alerts do not wait behind them`,
  { rules: ladder.rules },
  async (rig) => {
    const { telegram } = rig;
    await rig.start();
    ladder.climb(rig);
    await settled(rig);
    for (let user = 1; user <= CHARTS; user++) telegram.say(`/chart btc ${user}m`, { userId: 2_000 + user });
    const drawn = () => telegram.calls.filter((call) => call.ok && Number(call.params.chat_id) > 2_000 && call.picture);
    await until('the first chart', () => drawn().length > 0, 60_000);
    const before = takenByTelegram(telegram).filter(isAlert).length;
    ladder.climb(rig, 5);
    await until('an alert', () => takenByTelegram(telegram).filter(isAlert).length > before, 60_000);
    expect(drawn().length).toBeLessThan(CHARTS);
    await until('all charts', () => new Set(drawn().map(({ params }) => params.chat_id)).size === CHARTS, 120_000);
    await settled(rig);
    await rig.end();
    await judge(rig);
  },
);
