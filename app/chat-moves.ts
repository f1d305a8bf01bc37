import { type AuditStore, MOVED } from '../db/audit.ts';
import type { ChatStore } from '../db/chats.ts';
import type { RulesHost } from './rules-host.ts';

/** Carries a chat over to the key that its platform gave it. */
export interface ChatMover {
  /** Settings, rules and what is owed go with it. What was moved already stays as it is. @throws TransportError, DataError */
  move(oldKey: string, newKey: string): Promise<void>;
  /** Resolves when no chat is between two keys. */
  settled(): Promise<void>;
}

export function createChatMover(
  chats: Pick<ChatStore, 'get' | 'move'>,
  hosts: readonly Pick<RulesHost, 'moved'>[],
  audit: Pick<AuditStore, 'add'>,
): ChatMover {
  const underWay = new Set<Promise<void>>();

  async function carry(oldKey: string, newKey: string): Promise<void> {
    const isKnown = (await chats.get(oldKey)) !== undefined;
    await chats.move(oldKey, newKey);
    if (isKnown && oldKey !== newKey) {
      const change = { what: MOVED, subject: 'chat', before: oldKey, after: newKey };
      await audit.add({ chatKey: newKey, userId: 'system', userName: 'system', ...change });
    }
    for (const host of hosts) host.moved(oldKey, newKey);
  }

  return {
    move(oldKey, newKey) {
      const work = carry(oldKey, newKey).finally(() => underWay.delete(work));
      underWay.add(work);
      return work;
    },
    async settled() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}
