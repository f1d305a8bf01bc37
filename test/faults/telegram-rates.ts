import type { TelegramDouble } from '../doubles/telegram.ts';
import { isSend } from './ledger.ts';

/** As the real one: a group takes so many messages in a minute, and who sends more is told when the next one fits. */
export function limitGroups(telegram: TelegramDouble, most = 20, windowMs = 60_000): void {
  const taken = new Map<string, number[]>();
  telegram.refuse = (method, params, at) => {
    const chat = String(params.chat_id);
    if (!isSend({ method }) || !chat.startsWith('-')) return undefined;
    const times = (taken.get(chat) ?? []).filter((time) => time > at - windowMs);
    taken.set(chat, times);
    if (times.length < most) {
      times.push(at);
      return undefined;
    }
    return tooMany(Math.ceil((times[0] + windowMs - at) / 1000));
  };
}

/** The answer 429. */
export const tooMany = (seconds: number) => ({
  error_code: 429,
  description: `Too Many Requests: retry after ${seconds}`,
  parameters: { retry_after: seconds },
});
