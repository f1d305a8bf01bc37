import { createInterface, type Interface } from 'node:readline';
import type { Button, Message, TextSpan } from '../../commands/message.ts';
import type { ChatPlatform } from '../../commands/platform.ts';
import type { Asker, ChatAddress, CommandService } from '../../commands/service.ts';
import { completeLine } from './completer.ts';

export interface TerminalOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Whether formatting may be shown with escape sequences. */
  readonly colour: boolean;
  /** Puts a picture where the user can open it. @returns the path */
  savePicture(png: Uint8Array): Promise<string>;
  /** The same for a file. */
  saveFile(name: string, bytes: Uint8Array): Promise<string>;
  /** Called when the input ends. */
  readonly ended: () => void;
}

export const TERMINAL_ADDRESS: ChatAddress = { platform: 'console', chat: 'local' };

const ASKER: Asker = {
  address: TERMINAL_ADDRESS,
  chatTitle: 'terminal',
  chatKind: 'private',
  userId: 'console:operator',
  userName: 'operator',
  isChatAdmin: true,
};

/** The terminal as a chat: commands are typed, `!1` presses the first button of the last message, pictures are saved to files. */
export function createTerminal(options: TerminalOptions): ChatPlatform {
  const { output } = options;
  let lines: Interface | undefined;
  let buttons: readonly Button[] = [];
  let count = 0;
  let busy: Promise<void> = Promise.resolve();

  async function show(message: Message): Promise<void> {
    const parts = [message.text.map((span) => paint(span, options.colour)).join('')];
    if (message.picture !== undefined)
      parts.push(`🖼  ${message.picture.alt}\n   ${await options.savePicture(message.picture.png)}`);
    const { file } = message;
    if (file !== undefined) parts.push(`📄 ${await options.saveFile(file.name, file.bytes)}`);
    const row = (message.buttons ?? []).flat();
    if (row.length > 0) {
      buttons = row;
      parts.push(row.map((button, i) => `[!${i + 1} ${printable(button.label)}]`).join(' '));
    }
    output.write(`${parts.join('\n')}\n\n`);
    lines?.prompt(true);
  }

  /** What more there is to say comes below, whenever it is known: nobody waits for it. */
  async function answer(message: Message): Promise<void> {
    await show(message);
    const more = message.later?.().then((later) => (later === undefined ? undefined : answer(later)));
    more?.catch(() => output.write('More could not be shown.\n'));
  }

  async function press(service: CommandService, number: number): Promise<void> {
    const button = buttons[number - 1];
    if (button === undefined) {
      output.write(`There is no button ${number}.\n`);
      lines?.prompt();
      return;
    }
    const outcome = await service.press({ asker: ASKER, data: button.data });
    if (outcome.toast !== undefined) await show({ text: [outcome.toast] });
    if (outcome.edit !== undefined) await answer(outcome.edit);
    if (outcome.reply !== undefined) await answer(outcome.reply);
  }

  async function read(service: CommandService, line: string): Promise<void> {
    const text = line.trim();
    if (text === '') {
      lines?.prompt();
      return;
    }
    const pressed = /^!(\d+)$/.exec(text);
    if (pressed !== null) {
      await press(service, Number(pressed[1]));
      return;
    }
    const [, command, rest] = /^\/?(\S+)\s*([\s\S]*)$/.exec(text) ?? ['', text, ''];
    await answer(await service.run({ asker: ASKER, command, text: rest }));
  }

  return {
    name: 'console',
    async start(service) {
      lines = createInterface({
        input: options.input,
        output,
        prompt: '› ',
        completer: (line: string, done: (error: null, completed: [string[], string]) => void) => {
          void completeLine(service, ASKER, line).then(([fitting, word]) => done(null, [fitting, word]));
        },
      });
      lines.on('line', (line) => {
        busy = busy.then(() => read(service, line));
      });
      lines.on('close', options.ended);
      lines.prompt();
    },
    async stop() {
      lines?.removeListener('close', options.ended);
      lines?.close();
      // What is still shown after this comes without a prompt.
      lines = undefined;
      await busy;
    },
    async send(_address, message) {
      output.write('\n');
      await show(message);
      return String(++count);
    },
    // What stands on a terminal stays: what became of it comes below.
    async amend(_address, _id, message) {
      output.write('\n');
      await show(message);
      return true;
    },
    status: () => ({ state: lines === undefined ? 'off' : 'live', lastSeen: undefined }),
  };
}

/** Nobody's text may steer the terminal: control characters but the line feed become spaces. */
function printable(text: string): string {
  return Array.from(text, (char) => (isControl(char.charCodeAt(0)) ? ' ' : char)).join('');
}

function isControl(code: number): boolean {
  return (code < 32 && code !== 10) || (code >= 127 && code < 160);
}

function paint(span: TextSpan, colour: boolean): string {
  if (typeof span === 'string') return printable(span);
  if ('mention' in span) return printable(span.name);
  const [kind, text] = Object.entries(span)[0] as [keyof typeof CODES, string];
  return colour ? `\u001b[${CODES[kind]}m${printable(text)}\u001b[0m` : printable(text);
}

const CODES = { bold: '1', italic: '3', code: '36', pre: '36' } as const;
