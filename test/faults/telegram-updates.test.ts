import { expect } from 'vitest';
import type { RecordedCall } from '../doubles/telegram.ts';
import { createLadder, TELEGRAM_CHATS } from './ladder.ts';
import { SECRETS } from './rig.ts';
import { scenario } from './scenario.ts';
import { query, readStored } from './stored.ts';
import { until } from './until.ts';
import { judge, settled } from './verdict.ts';

const says = (word: string) => (call: RecordedCall) => call.text?.includes(word) === true;

scenario(
  'an update that Telegram brings again, also to the next program after a kill, is done once',
  { rules: [] },
  async (rig) => {
    await rig.start();
    // The program dies when its answer is there: it could not yet confirm what it has done.
    const killed = new Promise<void>((resolve) => {
      rig.telegram.onAnswer = async (call) => {
        if (!says('70,000')(call)) return undefined;
        rig.telegram.onAnswer = undefined;
        await rig.kill();
        resolve();
        return 'lose';
      };
    });
    rig.telegram.say('/alert btc > 70000 once');
    await killed;
    const [update] = rig.telegram.waiting();
    expect(update).toBeDefined();
    await rig.start();
    rig.telegram.push(update);
    rig.telegram.say('/alert btc > 71000 once');
    await rig.telegram.waitFor(says('71,000'));
    const alerts = (await readStored(rig.file)).rules.map(({ text }) => text);
    expect(alerts.filter((text) => text.includes('70000'))).toHaveLength(1);
    expect(alerts).toHaveLength(2);
    expect(rig.leaks()).toEqual([]);
  },
);

{
  const ladder = createLadder(2, [TELEGRAM_CHATS[0]]);
  scenario('a second poller is told of and stops the commands alone', { rules: ladder.rules }, async (rig) => {
    const url = await (await rig.start()).started;
    const poll = fetch(`${rig.telegram.apiRoot}/bot${SECRETS.TELEGRAM_TOKEN}/getUpdates?timeout=0`);
    await (await poll).json();
    interface Readiness {
      readonly platforms: readonly { readonly name: string; readonly state: string; readonly detail?: string }[];
    }
    const detail = await until('it says so', async () => {
      const { platforms } = (await (await fetch(`${url}/readyz`)).json()) as Readiness;
      return platforms.find(({ name, state }) => name === 'telegram' && state === 'down')?.detail;
    });
    expect(detail).toContain('another program polls');
    ladder.climb(rig, 2);
    await settled(rig);
    await rig.end();
    await judge(rig);
    expect(await query(rig.file, "SELECT 1 FROM deliveries WHERE state = 'sent'")).toHaveLength(2);
  });
}
