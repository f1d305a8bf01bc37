import { DiscordAPIError, RateLimitError, type RawFile, type REST, Routes } from 'discord.js';
import type { Message } from '../../commands/message.ts';
import type { ChatAddress } from '../../commands/service.ts';
import { lacksPermission, toTransportError } from './failures.ts';
import type { InvalidBudget } from './invalid-budget.ts';
import { type Payload, toPayload } from './payload.ts';

export interface SenderParts {
  readonly rest: REST;
  readonly budget: InvalidBudget;
  /** Told of every answer, also a bad one. */
  readonly heard: (error?: unknown) => void;
}

type Send = (address: ChatAddress, message: Message, nonce: string) => Promise<string>;

/** Posts to channels by their id: no cache and no live gateway is needed. Tries once; trying again is the outbox's. */
export function createSender({ rest, budget, heard }: SenderParts): Send {
  async function post(address: ChatAddress, payload: Payload, nonce: string): Promise<string> {
    budget.check();
    try {
      const answer = await rest.post(Routes.channelMessages(address.thread ?? address.chat), toRequest(payload, nonce));
      heard();
      return messageId(answer);
    } catch (error) {
      if (countsAsInvalid(error)) budget.spend();
      heard(error);
      throw error;
    }
  }

  return async (address, message, nonce) => {
    const payload = toPayload(message);
    try {
      return await post(address, payload, nonce);
    } catch (error) {
      const wordsAreLeft = payload.files.length > 0 && payload.content !== '';
      if (!lacksPermission(error) || !wordsAreLeft) throw toTransportError(error);
    }
    try {
      return await post(address, { ...payload, files: [] }, nonce);
    } catch (error) {
      throw toTransportError(error);
    }
  };
}

function toRequest(payload: Payload, nonce: string): { body: object; files?: RawFile[] } {
  const body = {
    content: payload.content,
    components: payload.components,
    attachments: payload.files.map((file, id) => ({ id, filename: file.name, description: file.description })),
    allowed_mentions: { parse: [] },
    flags: payload.flags,
    nonce,
    enforce_nonce: true,
  };
  if (payload.files.length === 0) return { body };
  return { body, files: payload.files.map((file) => ({ data: file.attachment, name: file.name })) };
}

function messageId(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'id' in answer && typeof answer.id === 'string')
    return answer.id;
  throw new TypeError('the answer holds no message');
}

function countsAsInvalid(error: unknown): boolean {
  if (error instanceof RateLimitError) return true;
  return error instanceof DiscordAPIError && (error.status === 401 || error.status === 403);
}
