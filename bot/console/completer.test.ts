import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { someone } from '../../test/doubles/command-harness.ts';
import { useCommandHarness } from '../../test/doubles/use-command-harness.ts';
import { completeLine } from './completer.ts';
import { createTerminal } from './terminal.ts';

const harness = useCommandHarness();

const completed = (line: string) => completeLine(harness.service, someone(), line);

describe('completion in the terminal', () => {
  it('completes commands, with a slash or without', async () => {
    expect(await completed('/aler')).toEqual([['/alert ', '/alerts '], '/aler']);
    expect(await completed('pri')).toEqual([['price '], 'pri']);
  });

  it('completes the last word of a rule', async () => {
    expect(await completed('/alert btcusdt volu')).toEqual([['volume', 'volume > 3*sma(volume, 20)'], 'volu']);
    expect(await completed('/alert btcusdt vlume')).toEqual([['volume'], 'vlume']);
    const [behind] = await completed('/alert btcusdt z > 2 every ');
    expect(behind).toContain('15m');
    const [levels] = await completed('alert btcusdt rsi<');
    expect(levels[0]).toBe('rsi< 30');
  });

  it('completes the argument that the cursor is in', async () => {
    expect((await completed('/chart et'))[0]).toEqual(['ethusdt']);
    expect((await completed('/chart ethusdt 1'))[0]).toContain('15m');
    expect((await completed('/nonsense et'))[0]).toEqual([]);
  });

  it('fills in at the press of Tab', async () => {
    const input = new PassThrough();
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 120, rows: 40 });
    let shown = '';
    output.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
    const terminal = createTerminal({
      ...{ input: Object.assign(input, { isTTY: true, setRawMode: () => input }), output, colour: false },
      savePicture: async () => '',
      saveFile: async () => '',
      ended: () => undefined,
    });
    await terminal.start(harness.service);
    // In one piece with other letters a tab would be taken for pasted text.
    input.write('/alert btcusdt volu');
    await expect.poll(() => shown).toContain('volu');
    input.write('\t');
    await expect.poll(() => shown).toContain('volume');
    // What came of a message that stands above is told below it.
    const { address } = someone();
    const id = await terminal.send(address, { text: ['long btcusdt'] }, 'n1');
    expect(await terminal.amend!(address, id, { text: ['long btcusdt: target'] })).toBe(true);
    expect(shown).toMatch(/long btcusdt\n[\s\S]*long btcusdt: target\n/);
    await terminal.stop();
  });
});
