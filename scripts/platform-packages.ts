/** The entry of one package in `package-lock.json`, as far as it is needed here. */
export interface LockEntry {
  version?: string;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  dev?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
}

export interface LockFile {
  packages: Record<string, LockEntry>;
}

/** What the packages of a lock file want for other platforms but have no entry for: `npm ci` refuses such a file. */
export function missingPlatformPackages(lock: LockFile): { name: string; version: string; of: string }[] {
  return Object.entries(lock.packages).flatMap(([of, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !lock.packages[`${of}/node_modules/${name}`] && !lock.packages[`node_modules/${name}`])
      .map(([name, version]) => ({ name, version, of })),
  );
}

const SYSTEMS = new Set([
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]);

/**
 * The entry of a platform's package, read from its name: `@napi-rs/canvas-linux-x64-musl` is for Linux, x64 and musl. `parent` is the entry of the
 * package that wants it. Throws where the name tells no platform.
 */
export function platformEntry(name: string, version: string, parent: LockEntry): LockEntry {
  const words = name.split('/').at(-1)?.split('-') ?? [];
  const at = words.findIndex((word) => SYSTEMS.has(word));
  const [os, cpu, abi = ''] = words.slice(at);
  if (at < 0 || os === undefined || cpu === undefined)
    throw new Error(`${name} does not tell its platform by its name.`);
  const libc = abi.startsWith('musl') ? ['musl'] : abi.startsWith('gnu') ? ['glibc'] : undefined;
  return {
    version,
    cpu: [cpu],
    ...(parent.dev && { dev: true }),
    ...(libc && { libc }),
    optional: true,
    os: [os],
  };
}
