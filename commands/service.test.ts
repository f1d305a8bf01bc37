import { describe, expect, it } from 'vitest';
import { plainText } from './message.ts';
import { chatKey, parseChatKey } from './service.ts';

describe('the key of a chat', () => {
  it.each([
    [{ platform: 'telegram', chat: '-100123' }, 'telegram:-100123'],
    [{ platform: 'telegram', chat: '-100123', thread: '45' }, 'telegram:-100123/45'],
    [{ platform: 'discord', chat: '1234567890123456789' }, 'discord:1234567890123456789'],
  ])('names it both ways', (address, key) => {
    expect(chatKey(address)).toBe(key);
    expect(parseChatKey(key)).toEqual(address);
  });
});

describe('a text without its formatting', () => {
  it('keeps every word', () => {
    expect(plainText(['a ', { bold: 'b' }, { italic: 'c' }, { code: 'd' }, { pre: 'e' }])).toBe('a bcde');
  });
});
