import { ConfigError } from '../engine/errors.ts';

/** The one file that a script may be given; undefined where none is. @throws ConfigError with the usage for all else */
export function fileArgument(args: readonly string[], usage: string): string | undefined {
  const [file, more] = args;
  if (file === '') throw new ConfigError(`the name of the file is empty: ${usage}`);
  if (file?.startsWith('-') === true) throw new ConfigError(`${file} is no file: ${usage}`);
  if (more !== undefined) throw new ConfigError(`one file at most, ${more} is one too many: ${usage}`);
  return file;
}
