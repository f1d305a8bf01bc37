import { namesOf } from './ratio.ts';

/** The symbols of instruments, with the venue where a symbol is there twice. */
export function shortNames(instruments: readonly string[]): readonly string[] {
  const symbols = instruments.map((each) => namesOf(each).symbol);
  return instruments.map((each, i) => {
    const isTwice = symbols.indexOf(symbols[i]) !== symbols.lastIndexOf(symbols[i]);
    return isTwice ? each : symbols[i];
  });
}
