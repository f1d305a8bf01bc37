import type { ParsedBody, UploadedFile } from './telegram-body.ts';
import { badRequest, checkDocument, checkKeyboard, checkPhoto, checkText, Refused } from './telegram-rules.ts';

export interface WireChat {
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup' | 'channel';
  readonly title?: string;
  readonly first_name?: string;
}

/** A message as it stands in a chat. */
interface WireMessage {
  readonly message_id: number;
  readonly date: number;
  readonly chat: WireChat;
  readonly [field: string]: unknown;
}

type Params = Record<string, unknown>;
export type Method = (params: Params, files: ParsedBody['files']) => unknown;

export interface TelegramWorld {
  readonly me: { readonly id: number; readonly username: string };
  readonly chats: Map<number, WireChat>;
  /** By `chat/message`. */
  readonly messages: Map<string, WireMessage>;
  /** Users that are administrators wherever they are. */
  readonly admins: Set<number>;
  /** Callback queries that wait for their answer. */
  readonly queries: Set<string>;
  /** `file_id` -> what was uploaded. */
  readonly photos: Map<string, UploadedFile>;
  /** Scope -> its menu. */
  readonly menus: Map<string, unknown>;
  nextMessageId(): number;
}

const TEXT_LIMIT = 4096;
const CAPTION_LIMIT = 1024;

/** The methods of the Bot API that the double knows, with the checks of the real one. */
export function createMethods(world: TelegramWorld): Record<string, Method> {
  const { me, messages, photos } = world;

  function post(params: Params, content: Params): WireMessage {
    const chatId = Number(params.chat_id);
    if (!Number.isSafeInteger(chatId)) throw badRequest('chat not found');
    const message: WireMessage = {
      message_id: world.nextMessageId(),
      date: 1_700_000_000,
      from: { id: me.id, is_bot: true, first_name: 'Bell', username: me.username },
      chat: world.chats.get(chatId) ?? { id: chatId, type: chatId > 0 ? 'private' : 'supergroup' },
      ...(params.message_thread_id === undefined
        ? {}
        : { message_thread_id: params.message_thread_id, is_topic_message: true }),
      ...content,
      ...(params.reply_markup === undefined ? {} : { reply_markup: params.reply_markup }),
    };
    messages.set(`${chatId}/${message.message_id}`, message);
    return message;
  }

  function textOf(params: Params): Params {
    if (typeof params.text === 'string' && params.text.trim() === '') throw badRequest('message text is empty');
    checkText(params.text, params.entities, TEXT_LIMIT, 'message is too long');
    checkKeyboard(params.reply_markup);
    return { text: params.text, entities: params.entities ?? [] };
  }

  function captionOf(params: Params, markup: unknown): Params {
    const { caption = '', caption_entities = [] } = params;
    checkText(caption, caption_entities, CAPTION_LIMIT, 'message caption is too long');
    checkKeyboard(markup);
    return { caption, caption_entities };
  }

  function photoOf(source: unknown, files: ParsedBody['files']): Params {
    const attached = /^attach:\/\/(.+)$/.exec(String(source))?.[1];
    if (attached === undefined) {
      if (!photos.has(String(source))) {
        throw badRequest('wrong remote file identifier specified: Wrong string length');
      }
      return { photo: [{ file_id: source, file_unique_id: `u${source}`, width: 2000, height: 1200 }] };
    }
    const file = files[attached];
    if (file === undefined) throw badRequest('there is no file in the request');
    checkPhoto(file);
    const id = `photo-${photos.size + 1}`;
    photos.set(id, file).set(`${id}-small`, file);
    const sizes = [`${id}-small`, id].map((file_id, at) => ({
      file_id,
      file_unique_id: `u${file_id}`,
      width: 90 + at * 1910,
      height: 54 + at * 1146,
    }));
    return { photo: sizes };
  }

  function edit(params: Params, change: (message: WireMessage) => Params): WireMessage {
    const key = `${Number(params.chat_id)}/${Number(params.message_id)}`;
    const old = messages.get(key);
    if (old === undefined) throw badRequest('message to edit not found');
    if ((old.from as { id?: number } | undefined)?.id !== me.id) throw badRequest("message can't be edited");
    const { reply_markup: _, ...rest } = old;
    const markup = params.reply_markup === undefined ? {} : { reply_markup: params.reply_markup };
    const edited: WireMessage = { ...rest, ...change(old), ...markup };
    if (JSON.stringify(shown(edited)) === JSON.stringify(shown(old))) {
      throw badRequest(
        'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
      );
    }
    messages.set(key, edited);
    return edited;
  }

  return {
    getMe: () => ({ id: me.id, is_bot: true, first_name: 'Bell', username: me.username, can_join_groups: true }),
    deleteWebhook: () => true,
    getMyCommands: ({ scope }) => world.menus.get(scopeOf(scope)) ?? [],
    setMyCommands({ commands, scope }) {
      for (const { command, description } of commands as { command: string; description: string }[]) {
        if (!/^[a-z0-9_]{1,32}$/.test(command)) throw badRequest('BOT_COMMAND_INVALID');
        if (description.length < 1 || description.length > 256) throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
      }
      if ((commands as unknown[]).length > 100) throw badRequest('BOT_COMMANDS_TOO_MUCH');
      world.menus.set(scopeOf(scope), commands);
      return true;
    },
    sendChatAction({ chat_id }) {
      if (world.chats.get(Number(chat_id))?.type === 'channel') throw badRequest("can't send chat actions to channels");
      return true;
    },
    getChat({ chat_id }) {
      const chat = world.chats.get(Number(chat_id));
      if (chat === undefined) throw badRequest('chat not found');
      return chat;
    },
    getChatMember({ user_id }) {
      const id = Number(user_id);
      const isAdmin = world.admins.has(id);
      const status = isAdmin ? 'administrator' : 'member';
      return {
        status,
        ...(isAdmin ? { can_post_messages: true } : {}),
        user: { id, is_bot: false, first_name: `user ${id}` },
      };
    },
    sendMessage: (params) => post(params, textOf(params)),
    sendPhoto: (params, files) =>
      post(params, { ...captionOf(params, params.reply_markup), ...photoOf(params.photo, files) }),
    sendDocument(params, files) {
      const attached = /^attach:\/\/(.+)$/.exec(String(params.document))?.[1];
      const file = files[attached ?? ''];
      if (file === undefined) throw badRequest('there is no file in the request');
      checkDocument(file);
      const document = { file_id: `document-${file.name}`, file_name: file.name, file_size: file.bytes.length };
      return post(params, { ...captionOf(params, params.reply_markup), document });
    },
    editMessageText: (params) =>
      edit(params, ({ photo }) => {
        if (photo !== undefined) throw badRequest('there is no text in the message to edit');
        return textOf(params);
      }),
    editMessageCaption: (params) =>
      edit(params, ({ photo }) => {
        if (photo === undefined) throw badRequest('there is no caption in the message to edit');
        return captionOf(params, params.reply_markup);
      }),
    editMessageMedia: (params, files) =>
      edit(params, () => {
        const media = params.media as Params;
        const content = { ...captionOf(media, params.reply_markup), ...photoOf(media.media, files) };
        return { text: undefined, entities: undefined, ...content };
      }),
    editMessageReplyMarkup: (params) => edit(params, () => ({})),
    deleteMessage({ chat_id, message_id }) {
      if (!messages.delete(`${Number(chat_id)}/${Number(message_id)}`)) throw badRequest('message to delete not found');
      return true;
    },
    answerCallbackQuery({ callback_query_id, text }) {
      if (!world.queries.delete(String(callback_query_id))) {
        throw badRequest('query is too old and response timeout expired or query ID is invalid');
      }
      if (typeof text === 'string' && text.length > 200) throw badRequest('MESSAGE_TOO_LONG');
      return true;
    },
  };
}

export const notFound = () => new Refused({ error_code: 404, description: 'Not Found' });

const scopeOf = (scope: unknown) => (scope as { type?: string } | undefined)?.type ?? 'default';

/** What one sees of a message. */
function shown({ text, entities, caption, caption_entities, photo, reply_markup }: WireMessage): unknown[] {
  return [text, entities, caption, caption_entities, photo, reply_markup];
}
