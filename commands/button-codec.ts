import { createHmac, timingSafeEqual } from 'node:crypto';
import { UserError } from '../engine/errors.ts';
import type { Button } from './message.ts';

/** What a button does, and for whom. */
export interface ButtonAction {
  /** Short name of the action: `[a-z]{1,6}`. */
  readonly action: string;
  /** Parts of `[A-Za-z0-9_:.-]`. */
  readonly args: readonly string[];
  /** User id that alone may press it (chat admins aside); undefined for everybody in the chat. */
  readonly owner: string | undefined;
}

/** Turns actions into button data and back. */
export interface ButtonCodec {
  /** @throws RangeError where the action does not fit into 64 bytes */
  encode(chatKey: string, action: ButtonAction): string;
  /** @throws UserError for data that was not made here for this chat */
  decode(chatKey: string, data: string): ButtonAction;
}

const LIMIT = 64;
const TAG_LENGTH = 11;
const PART = /^[A-Za-z0-9_:.-]*$/;
/** Stands for the point within a part: points stand between parts. */
const POINT = '~';

/**
 * Button data is `action.args.owner.tag`, where the tag is the first 8 bytes of an HMAC-SHA256 over the chat's key and the rest:
 * a button that is forwarded, copied to another chat or made up does not decode.
 */
export function createButtonCodec(secret: string): ButtonCodec {
  const tagOf = (chatKey: string, body: string): string =>
    createHmac('sha256', secret).update(`${chatKey}\n${body}`).digest('base64url').slice(0, TAG_LENGTH);

  return {
    encode(chatKey, { action, args, owner }) {
      const parts = [action, ...args, owner === undefined ? '' : packUser(owner)];
      const odd = parts.find((part) => !PART.test(part));
      if (odd !== undefined) throw new RangeError(`a button cannot carry ${JSON.stringify(odd)}`);
      const body = parts.map((part) => part.replaceAll('.', POINT)).join('.');
      const data = `${body}.${tagOf(chatKey, body)}`;
      if (data.length > LIMIT) throw new RangeError(`button data of ${data.length} bytes: ${body}`);
      return data;
    },
    decode(chatKey, data) {
      const dot = data.lastIndexOf('.');
      const body = data.slice(0, Math.max(0, dot));
      const given = Buffer.from(data.slice(dot + 1));
      const wanted = Buffer.from(tagOf(chatKey, body));
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
        throw new UserError('button-unknown', 'This button no longer works here.', {
          hint: 'Ask again with the command.',
        });
      }
      const [action, ...rest] = body.split('.').map((part) => part.replaceAll(POINT, '.'));
      const owner = rest.pop();
      return { action, args: rest, owner: owner ? unpackUser(owner, chatKey) : undefined };
    },
  };
}

/** Makes buttons that work in one chat. `owner` alone may press one that names them, chat admins aside. */
export function createButtonMaker(codec: ButtonCodec, chatKey: string) {
  return (label: string, action: string, args: readonly string[], owner?: string): Button => ({
    label,
    data: codec.encode(chatKey, { action, args, owner }),
  });
}

/** The user's id without its platform, which is the chat's; long numbers in base 36. */
function packUser(userId: string): string {
  const id = userId.slice(userId.indexOf(':') + 1);
  return /^[1-9]\d*$/.test(id) ? `n${BigInt(id).toString(36)}` : `t${id}`;
}

function unpackUser(packed: string, chatKey: string): string {
  const platform = chatKey.slice(0, chatKey.indexOf(':'));
  if (packed.startsWith('t')) return `${platform}:${packed.slice(1)}`;
  let value = 0n;
  for (const digit of packed.slice(1)) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return `${platform}:${value}`;
}
