import { createHash } from 'node:crypto';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** In any order, but one project after the other: a worker that has read the modules of one is lost where another's file comes next. */
class ProjectByProject extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { seed } = this.ctx.config.sequence;
    const keyed = files.map((file) => {
      const mixed = createHash('sha1').update(`${seed} ${file.moduleId}`).digest('hex');
      return { file, key: `${file.project.name} ${mixed}` };
    });
    return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ file }) => file);
  }
}

export default defineConfig(({ mode }) => ({
  test: {
    sequence: { shuffle: true, sequencer: ProjectByProject },
    // The usual number is one fewer than there are cores: one, where there are two.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['*.ts', '{app,bot,charts,commands,db,engine,feeds,web}/**/*.ts'] },
    projects: [
      {
        extends: true,
        mode,
        test: { name: 'alone', include: ['test/*.test.ts'] },
      },
      {
        extends: true,
        mode,
        test: {
          name: 'flows',
          include: ['test/*/**/*.test.ts'],
          isolate: false,
          globalSetup: 'test/end-to-end/built-program.ts',
        },
      },
      {
        // Nothing is kept between two uses of it, so that the modules are read once for all tests: a quarter of the time.
        extends: true,
        mode,
        test: {
          name: 'rooms',
          include: ['*.test.ts', '{app,bot,charts,commands,db,engine,feeds,scripts,web}/**/*.test.ts'],
          isolate: false,
        },
      },
    ],
  },
}));
