import { plainText } from '../../commands/message.ts';
import type { ChatPlatform } from '../../commands/platform.ts';
import { chatKey } from '../../commands/service.ts';

export interface Sent {
  readonly chat: string;
  readonly text: string;
  readonly nonce: string;
  readonly at: number;
}

export interface ScriptedPlatform extends ChatPlatform {
  /** Every call, also those that failed. */
  readonly calls: readonly Sent[];
  /** What the platform took, in order. */
  readonly taken: readonly Sent[];
}

/** For tests: a platform in memory. `answer` throws or rejects for a send that is to fail; its value is the message's id. */
export function createScriptedPlatform(
  name: string,
  now: () => number,
  answer: (call: Sent) => string | undefined | Promise<string | undefined> = () => undefined,
): ScriptedPlatform {
  const calls: Sent[] = [];
  const taken: Sent[] = [];
  return {
    name,
    calls,
    taken,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    status: () => ({ state: 'live', lastSeen: now() }),
    async send(address, message, nonce) {
      const call = { chat: chatKey(address), text: plainText(message.text), nonce, at: now() };
      calls.push(call);
      const id = (await answer(call)) ?? `m${taken.length + 1}`;
      taken.push(call);
      return id;
    },
  };
}
