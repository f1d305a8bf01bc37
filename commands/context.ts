import { audited } from './audited.ts';
import { type ButtonCodec, createButtonMaker } from './button-codec.ts';
import type { Command, CommandContext } from './command.ts';
import { allows, placeOf, roleOf } from './permission.ts';
import type { CommandPorts } from './ports.ts';
import { createQuotas, type Quotas } from './quota.ts';
import { quotaError } from './quota-words.ts';
import { type Asker, chatKey } from './service.ts';

/** Makes what a command is given from who asks where. The chat and the user are stored with it. */
export function createContexts(
  ports: CommandPorts,
  commands: readonly Command[],
  codec: ButtonCodec,
  quotas: Quotas = createQuotas(ports.clock, ports.quotas),
): (asker: Asker) => Promise<CommandContext> {
  return async (asker) => {
    const key = chatKey(asker.address);
    const locale = safeLocale(asker.locale ?? ports.defaults.locale);
    const [chat, , defined, block] = await Promise.all([
      ports.chats.ensure({ key, title: asker.chatTitle, kind: asker.chatKind, ...ports.defaults, locale }),
      ports.users.ensure({
        id: asker.userId,
        name: asker.userName,
        ...(asker.handle === undefined ? {} : { handle: asker.handle }),
        ...(asker.locale === undefined ? {} : { locale: asker.locale }),
      }),
      ports.definitions.list(key),
      ports.blocks.find(placeOf(asker.address), asker.userId),
    ]);
    const role = roleOf({ asker, owners: ports.admins, block });
    return {
      ...audited(ports, asker),
      asker,
      role,
      chat,
      chatKey: key,
      defined: new Map(defined.map(({ name, text }) => [name, text])),
      commands,
      button: createButtonMaker(codec, key),
      spend(kind, amount = 1) {
        const used = role === 'owner' ? undefined : quotas.spend(kind, asker, amount);
        if (used !== undefined) throw quotaError(kind, used, chat, ports.clock.now());
      },
      mayActFor: (userId) => allows(role, 'own', userId === asker.userId),
    };
  };
}

/** A platform's word for a language may be none that numbers can be written in. */
function safeLocale(locale: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
