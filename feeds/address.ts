import { ConfigError } from '../engine/errors.ts';

/** An address without a slash at its end. @throws ConfigError naming `variable` where it is none, or of another scheme */
export function checkAddress(variable: string, value: string, schemes: readonly string[]): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && schemes.includes(url.protocol)) return value.replace(/\/+$/, '');
  throw new ConfigError(
    `${variable} must be an address that starts with ${schemes.map((one) => `${one}//`).join(' or ')}`,
  );
}
