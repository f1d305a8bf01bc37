import { describe, expect, it } from 'vitest';
import { VARIABLES } from './config.ts';
import { nearVariables } from './near-variables.ts';

describe('names that are nearly those of settings', () => {
  it.each([
    ['SYMBOL', 'SYMBOLS'],
    ['FEED', 'FEEDS'],
    ['ADMIN', 'ADMINS'],
    ['symbols', 'SYMBOLS'],
    ['HTTPPORT', 'HTTP_PORT'],
    ['HTTP_PRT', 'HTTP_PORT'],
    ['LOG_LVL', 'LOG_LEVEL'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['BINANCE_REST_ULR', 'BINANCE_REST_URL'],
    ['TELEGRAM_TOKEN_FILES', 'TELEGRAM_TOKEN_FILE'],
    ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_TOKEN'],
  ])('%s is taken for a slip', (name, meant) => {
    expect(nearVariables({ [name]: 'x' })).toEqual([`${name} is not a setting; did you mean ${meant}?`]);
  });

  it('are no slips where the setting is there as well, or nothing is in them', () => {
    expect(nearVariables({ SYMBOL: 'btcusdt', SYMBOLS: 'ethusdt' })).toEqual([]);
    expect(nearVariables({ SYMBOL: ' ' })).toEqual([]);
  });

  it('are not found in what an environment holds otherwise', () => {
    const others =
      'PATH HOME USER SHELL TERM LANG TZ PWD OLDPWD HOSTNAME LOGNAME EDITOR PAGER DISPLAY NODE_ENV NODE_OPTIONS NO_COLOR DOMAINS ' +
      'HTTP_PROXY HTTPS_PROXY http_proxy https_proxy no_proxy PORT HOST DEBUG CI MAIL SHLVL LS_COLORS XDG_RUNTIME_DIR ' +
      'INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID KUBERNETES_SERVICE_HOST npm_config_registry GITHUB_TOKEN NPM_TOKEN';
    expect(nearVariables(Object.fromEntries(others.split(' ').map((name) => [name, 'x'])))).toEqual([]);
  });

  it('are none of the settings themselves', () => {
    expect(nearVariables(Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, 'x'])))).toEqual([]);
  });
});
