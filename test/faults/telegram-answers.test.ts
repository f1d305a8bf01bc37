import { expect } from 'vitest';
import { createRandom } from '../doubles/random.ts';
import { ALL_CHATS, createLadder, TELEGRAM_CHATS } from './ladder.ts';
import { isSend, takenByTelegram } from './ledger.ts';
import { scenario, times } from './scenario.ts';
import { limitGroups, tooMany } from './telegram-rates.ts';
import { until } from './until.ts';
import { judge, settled } from './verdict.ts';

const POST = /^POST \/channels\/\d+\/messages$/;

{
  const ladder = createLadder(10, ALL_CHATS);
  scenario(
    'answers that are lost after a message was taken double it in Telegram alone',
    { rules: ladder.rules, short: true, speed: 10 },
    async (rig) => {
      await rig.start();
      let lost = 0;
      let calls = 0;
      rig.telegram.onAnswer = (call) => {
        if (!isSend(call) || calls++ % 2 === 1) return undefined;
        lost++;
        return 'lose';
      };
      for (let i = 0; i < 3; i++) rig.discord.failNext(POST, 'lose');
      ladder.climb(rig, 10);
      await settled(rig);
      await rig.end();
      expect(lost).toBeGreaterThan(2);
      await judge(rig, { lostAnswers: lost });
    },
  );
}

/** In s. */
const WAITS = times(20, 300);
{
  const ladder = createLadder(12, TELEGRAM_CHATS);
  scenario(
    `a storm of 429 with waits of 1 to ${WAITS} s, and a kill in its middle: every wait is kept`,
    { rules: ladder.rules, speed: 20 },
    async (rig) => {
      const random = createRandom(7);
      let storms = 0;
      rig.telegram.refuse = (method) => {
        if (!isSend({ method }) || storms >= 6 || random() < 0.4) return undefined;
        storms++;
        return tooMany(1 + Math.floor(random() * WAITS));
      };
      await rig.start();
      ladder.climb(rig, 9);
      await until('the storm rages', () => storms >= 3);
      await rig.kill();
      await rig.start();
      ladder.climb(rig, 3);
      await settled(rig, {}, 120_000);
      await rig.end();
      expect(storms).toBeGreaterThan(3);
      await judge(rig);
    },
  );
}

{
  const group = TELEGRAM_CHATS[2];
  const ladder = createLadder(60, [group]);
  scenario(
    'sixty alerts in a group go out within its limit, in order',
    { rules: ladder.rules, speed: 20 },
    async (rig) => {
      limitGroups(rig.telegram);
      await rig.start();
      ladder.climb(rig, 60);
      await settled(rig, {}, 120_000);
      await rig.end();
      await judge(rig);
      const sent = takenByTelegram(rig.telegram).map(({ at }) => at);
      for (const at of sent) {
        expect(sent.filter((other) => other >= at && other < at + 60_000).length).toBeLessThanOrEqual(20);
      }
      expect(rig.telegram.calls.filter(({ failure }) => failure?.error_code === 429)).toEqual([]);
    },
  );
}

{
  const [picky, blocked, moving] = TELEGRAM_CHATS;
  const newId = -1_000_000_005_001;
  const ladder = createLadder(12, TELEGRAM_CHATS);
  scenario(
    'of a chat that blocks, one that moves and one whose formatting is refused, none troubles the others',
    { rules: ladder.rules, short: true, speed: 10 },
    async (rig) => {
      const idOf = (chat: string): string => chat.replace('telegram:', '');
      let hasMoved = false;
      rig.telegram.refuse = (method, params) => {
        if (!isSend({ method })) return undefined;
        switch (`telegram:${params.chat_id}`) {
          case blocked:
            return { error_code: 403, description: 'Forbidden: bot was blocked by the user' };
          case moving:
            // The first one is still taken: the group moves while the others wait in the queue.
            return hasMoved
              ? {
                  error_code: 400,
                  description: 'Bad Request: group chat was upgraded to a supergroup chat',
                  parameters: { migrate_to_chat_id: newId },
                }
              : undefined;
          case picky:
            return JSON.stringify(params.caption_entities ?? params.entities ?? []) === '[]'
              ? undefined
              : { error_code: 400, description: "Bad Request: can't parse entities: as told" };
          default:
            return undefined;
        }
      };
      await rig.start();
      const inGroup = () => takenByTelegram(rig.telegram).some(({ chat }) => chat === moving);
      ladder.climb(rig, 3);
      await until('the group has one', inGroup);
      hasMoved = true;
      ladder.climb(rig, 9);
      await settled(rig);
      await rig.end();
      const stored = await judge(rig, { lostIn: [blocked], moved: { [moving]: `telegram:${newId}` } });
      const tries = rig.telegram.calls.filter((call) => isSend(call) && String(call.params.chat_id) === idOf(blocked));
      expect(tries, 'one 403 is enough').toHaveLength(1);
      expect(stored.deliveries.filter(({ chat }) => chat === blocked)).toHaveLength(4);
      const where = takenByTelegram(rig.telegram).map(({ chat }) => chat);
      // Those that are due together are one message; the verdict knows that all are told.
      expect(where).toContain(picky);
      expect(where).toContain(moving);
      expect(where).toContain(`telegram:${newId}`);
    },
  );
}
