import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  test: {
    sequence: { shuffle: true },
    // The usual number is one fewer than there are cores: one, where there are two.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['*.ts', '{app,bot,charts,commands,db,engine,feeds,web}/**/*.ts'] },
    projects: [
      {
        // No room keeps anything between two uses of it, so that its modules are read once for all of its tests: half of the time.
        extends: true,
        mode,
        test: {
          name: 'rooms',
          include: ['*.test.ts', '{app,bot,charts,commands,db,engine,feeds,scripts,web}/**/*.test.ts'],
          isolate: false,
        },
      },
      { extends: true, mode, test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: ['test/long/**'] } },
    ],
  },
}));
