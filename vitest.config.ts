import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'test/long/**'],
    sequence: { shuffle: true },
    // The usual number is one fewer than there are cores: one, where there are two.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['*.ts', '{app,bot,charts,commands,db,engine,feeds,web}/**/*.ts'] },
  },
});
