import { z } from '@hono/zod-openapi';
import { time } from './schemas.ts';

/** What the console is asked. */
export const TypedSchema = z
  .object({
    text: z.string().trim().min(1).max(4_000).openapi({
      description: 'a command, with or without its slash',
      example: '/chart ethusdt 5m',
    }),
  })
  .openapi('ConsoleCommand');

export const PressSchema = z
  .object({
    data: z.string().min(1).max(256).openapi({ description: '`data` of a button, as it came' }),
    message: z.string().max(64).optional().openapi({ description: '`id` of the message that the button is on' }),
  })
  .openapi('ConsolePress');

export const CompleteSchema = z.object({
  command: z.string().min(1).max(32).openapi({ example: 'alert' }),
  argument: z.string().min(1).max(32).openapi({ description: 'name of the argument', example: 'rule' }),
  typed: z
    .string()
    .max(500)
    .default('')
    .openapi({ description: 'what stands there up to the cursor', example: 'btc rs' }),
});

const SpanSchema = z
  .union([
    z.string(),
    z.strictObject({ bold: z.string() }),
    z.strictObject({ italic: z.string() }),
    z.strictObject({ code: z.string() }),
    z.strictObject({ pre: z.string() }),
    z.strictObject({ mention: z.string(), name: z.string() }),
  ])
  .openapi('TextSpan', { description: 'plain text, or a piece of it that is set in another way; no markup' });

/** What the console answers. */
export const MessageSchema = z
  .strictObject({
    id: z.string(),
    ts: time,
    from: z.enum(['you', 'bot']),
    pushed: z.boolean().openapi({ description: 'came by itself rather than as an answer' }),
    text: z.array(SpanSchema),
    picture: z
      .strictObject({
        url: z.string().openapi({ description: 'a PNG, relative to the page' }),
        alt: z.string(),
        width: z.number().int(),
        height: z.number().int(),
      })
      .optional(),
    file: z
      .strictObject({
        url: z.string().openapi({ description: 'relative to the page' }),
        name: z.string(),
        bytes: z.number().int(),
      })
      .optional(),
    buttons: z
      .array(z.array(z.strictObject({ label: z.string(), data: z.string() })))
      .optional()
      .openapi({ description: 'rows of buttons' }),
  })
  .openapi('ConsoleMessage');

const CommandSchema = z
  .looseObject({
    name: z.string(),
    summary: z.string(),
    args: z.array(
      z.looseObject({
        name: z.string(),
        kind: z.enum(['symbol', 'interval', 'text', 'choice']),
        description: z.string(),
        required: z.boolean(),
        choices: z.array(z.string()).optional(),
      }),
    ),
  })
  .openapi('Command');

export const HistorySchema = z.strictObject({ commands: z.array(CommandSchema), messages: z.array(MessageSchema) });

export const AnswerSchema = z.strictObject({ typed: MessageSchema, messages: z.array(MessageSchema) });

export const OutcomeSchema = z.strictObject({
  toast: z.string().optional().openapi({ description: 'a short note to show for a moment' }),
  edit: MessageSchema.optional().openapi({ description: 'what a message has become' }),
  removed: z.string().optional().openapi({ description: '`id` of a message that is taken away' }),
  messages: z.array(MessageSchema),
});

export const SuggestionsSchema = z.strictObject({
  suggestions: z.array(
    z.strictObject({
      label: z.string(),
      value: z.string().openapi({ description: 'what is filled in' }),
      note: z.string().optional(),
    }),
  ),
});
