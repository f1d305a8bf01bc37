import type { Message, TextSpan } from '../commands/message.ts';
import type { CommandService, PressOutcome } from '../commands/service.ts';
import type { Scrub } from './scrub.ts';

/** The commands, whose answers hold none of the program’s own secrets, whatever a failure’s words say. */
export function scrubbedService(inner: CommandService, scrub: Scrub): CommandService {
  return {
    commands: inner.commands,
    run: async (call) => scrubbedMessage(await inner.run(call), scrub),
    press: async (press) => scrubbedOutcome(await inner.press(press), scrub),
    complete: inner.complete,
  };
}

function scrubbedMessage(message: Message, scrub: Scrub): Message {
  const { later } = message;
  const text = message.text.map((span) => scrubbedSpan(span, scrub));
  if (later === undefined) return { ...message, text };
  return {
    ...message,
    text,
    later: async () => {
      const more = await later();
      return more && scrubbedMessage(more, scrub);
    },
  };
}

function scrubbedOutcome({ toast, edit, reply, ...rest }: PressOutcome, scrub: Scrub): PressOutcome {
  return {
    ...rest,
    ...(toast === undefined ? {} : { toast: scrub(toast) }),
    ...(edit === undefined ? {} : { edit: scrubbedMessage(edit, scrub) }),
    ...(reply === undefined ? {} : { reply: scrubbedMessage(reply, scrub) }),
  };
}

function scrubbedSpan(span: TextSpan, scrub: Scrub): TextSpan {
  if (typeof span === 'string') return scrub(span);
  if ('bold' in span) return { bold: scrub(span.bold) };
  if ('italic' in span) return { italic: scrub(span.italic) };
  if ('code' in span) return { code: scrub(span.code) };
  if ('mention' in span) return { ...span, name: scrub(span.name) };
  return { pre: scrub(span.pre) };
}
