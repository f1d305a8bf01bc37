import { type Api, InputFile } from 'grammy';
import type { Attachment, Message, Picture } from '../../commands/message.ts';
import { isAboutPicture, isGone, isNotModified } from './failures.ts';
import { format, formattedLength } from './format.ts';
import { keyboard } from './keyboard.ts';
import { createLeniency, type LeniencyParts } from './leniency.ts';
import type { Lru } from './lru.ts';
import type { Target } from './target.ts';

const TEXT_LIMIT = 4096;
const CAPTION_LIMIT = 1024;

/** A message that stands in a chat already. */
export interface Standing {
  readonly target: Target;
  readonly messageId: number;
  readonly hasPhoto: boolean;
}

interface SendOptions {
  /** The message that this one answers. */
  readonly replyTo?: number;
  /** Equal for every try of one message: its picture goes out once, even where text and picture need two messages. */
  readonly nonce?: string;
}

/** Puts messages into chats. What Telegram does not take for its looks is sent plainer rather than not at all. */
export interface Sender {
  /** @returns the message's id. @throws what the API threw */
  send(target: Target, message: Message, options?: SendOptions): Promise<number>;
  /** @returns false where that message can no longer be changed. @throws what the API threw */
  edit(standing: Standing, message: Message): Promise<boolean>;
}

export interface SenderParts extends LeniencyParts {
  readonly api: Api;
  /** Nonces of messages whose picture is out and whose text is not. */
  readonly halves: Lru<true>;
}

const withoutPreview = { link_preview_options: { is_disabled: true } } as const;

export function createSender({ api, pictures, halves, scrub, log, attempt }: SenderParts): Sender {
  const { styled, pictured, warn } = createLeniency({ pictures, scrub, log, attempt });

  const common = (target: Target, message: Message, { replyTo }: SendOptions) => ({
    ...(target.message_thread_id === undefined ? {} : { message_thread_id: target.message_thread_id }),
    ...(message.silent ? { disable_notification: true } : {}),
    ...(replyTo === undefined ? {} : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
  });

  async function sendText(target: Target, message: Message, options: SendOptions): Promise<number> {
    const formatted = format(message.text, TEXT_LIMIT);
    const reply_markup = keyboard(message.buttons);
    const other = { ...common(target, message, options), ...withoutPreview, ...(reply_markup && { reply_markup }) };
    const sent = await styled(formatted, (entities) =>
      api.sendMessage(target.chat_id, formatted.text, { ...other, entities }),
    );
    return sent.message_id;
  }

  async function sendPhoto(target: Target, message: Message, picture: Picture, options: SendOptions): Promise<number> {
    const caption = format(message.text, CAPTION_LIMIT);
    const reply_markup = keyboard(message.buttons);
    const other = { ...common(target, message, options), ...(reply_markup && { reply_markup }) };
    const sent = await pictured(picture, (photo) =>
      styled(caption, (caption_entities) =>
        api.sendPhoto(target.chat_id, photo, { ...other, caption: caption.text, caption_entities }),
      ),
    );
    return sent.message_id;
  }

  async function sendFile(target: Target, message: Message, file: Attachment, options: SendOptions): Promise<number> {
    const caption = format(message.text, CAPTION_LIMIT);
    const reply_markup = keyboard(message.buttons);
    const other = { ...common(target, message, options), ...(reply_markup && { reply_markup }) };
    const sent = await styled(caption, (caption_entities) =>
      // Made anew for each try: one that was read is used up.
      api.sendDocument(target.chat_id, new InputFile(file.bytes, file.name), {
        ...other,
        caption: caption.text,
        caption_entities,
      }),
    );
    return sent.message_id;
  }

  async function sendApart(target: Target, message: Message, picture: Picture, options: SendOptions): Promise<number> {
    const { nonce } = options;
    if (nonce === undefined || halves.get(nonce) === undefined) {
      await sendPhoto(target, { text: [], silent: message.silent }, picture, options);
      if (nonce !== undefined) halves.set(nonce, true);
    }
    const id = await sendText(target, message, options);
    if (nonce !== undefined) halves.delete(nonce);
    return id;
  }

  async function editText({ target, messageId, hasPhoto }: Standing, message: Message): Promise<void> {
    const formatted = format(message.text, hasPhoto ? CAPTION_LIMIT : TEXT_LIMIT);
    const reply_markup = keyboard(message.buttons);
    const markup = reply_markup && { reply_markup };
    await styled(formatted, async (entities) => {
      if (hasPhoto) {
        const caption = { caption: formatted.text, caption_entities: entities };
        await api.editMessageCaption(target.chat_id, messageId, { ...caption, ...markup });
      } else {
        const other = { entities, ...withoutPreview, ...markup };
        await api.editMessageText(target.chat_id, messageId, formatted.text, other);
      }
    });
  }

  async function editMedia({ target, messageId }: Standing, message: Message, picture: Picture): Promise<void> {
    const { text, entities } = format(message.text, CAPTION_LIMIT);
    const reply_markup = keyboard(message.buttons);
    await pictured(picture, (media) =>
      styled({ text, entities }, (caption_entities) =>
        api.editMessageMedia(
          target.chat_id,
          messageId,
          { type: 'photo', media, caption: text, caption_entities },
          { ...(reply_markup && { reply_markup }) },
        ),
      ),
    );
  }

  /** What is too long for a caption stays a text, and the picture comes behind it. */
  async function editApart(standing: Standing, message: Message, picture: Picture): Promise<void> {
    await editText(standing, message);
    await sendPhoto(standing.target, { text: [], silent: true }, picture, { replyTo: standing.messageId });
  }

  async function edit(standing: Standing, message: Message): Promise<void> {
    const { picture } = message;
    if (picture === undefined) return await editText(standing, message);
    const fits = standing.hasPhoto || formattedLength(message.text) <= CAPTION_LIMIT;
    try {
      if (fits) await editMedia(standing, message, picture);
      else await editApart(standing, message, picture);
    } catch (error) {
      if (isGone(error) || isNotModified(error) || !isAboutPicture(error)) throw error;
      warn(error, 'Telegram did not take a picture: edited the text alone');
      await editText(standing, message);
    }
  }

  return {
    async send(target, message, options = {}) {
      const { picture, file } = message;
      if (file !== undefined) return await sendFile(target, message, file, options);
      if (picture === undefined) return await sendText(target, message, options);
      const fits = formattedLength(message.text) <= CAPTION_LIMIT;
      try {
        return await (fits ? sendPhoto : sendApart)(target, message, picture, options);
      } catch (error) {
        if (!isAboutPicture(error)) throw error;
        warn(error, 'Telegram did not take a picture: sent the text alone');
        return await sendText(target, message, options);
      }
    },

    async edit(standing, message) {
      try {
        await edit(standing, message);
        return true;
      } catch (error) {
        if (isNotModified(error)) return true;
        if (isGone(error)) return false;
        throw error;
      }
    },
  };
}
