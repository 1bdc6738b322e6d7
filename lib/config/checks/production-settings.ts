import { eachOf, heard } from '../mistakes/guarded';
import type { Environment } from '../schema';
import type { Check, Refusal } from './check';

type App = Environment['app'];

const DEBUG_SWITCH = /(^|_)(DEBUG|DEBUGGER|TESTING|RELOAD|AUTORELOAD|ECHO)(_|$)|^WERKZEUG_/;
const OFF = /^(|0|no|off|false|none)$/i;

const SETTINGS_CHOICE =
  /(^|_)(ENV|ENVIRONMENT|CONFIG|CONFIG_NAME|CONFIG_CLASS|CONFIG_TYPE|CONFIG_MODE|SETTINGS|SETTINGS_MODULE|PROFILE|STAGE)$/;
const UNFINISHED = /dev|test|debug|local|staging/i;

/** Production runs with debug and testing off, with production's own settings and a quiet log (rows C06 and C15). */
export const productionSettings: Check = ({ tier, app }) =>
  tier === 'production' ? [...heard(() => quietLog(app)), ...eachOf(Object.keys(app.variables), finished(app))] : [];

const quietLog = ({ logLevel }: App): readonly Refusal[] =>
  logLevel === 'DEBUG'
    ? [
        {
          path: ['app', 'logLevel'],
          expected: 'INFO, WARNING or ERROR in production: DEBUG logs personal data',
          example: 'INFO',
        },
      ]
    : [];

const finished =
  ({ variables }: App) =>
  (name: string): readonly Refusal[] => {
    const value = (variables[name] ?? '').trim();
    const path = ['app', 'variables', name];
    if (DEBUG_SWITCH.test(name) && !OFF.test(value)) {
      return [{ path, expected: `${name} off or absent in production`, example: '0' }];
    }
    return SETTINGS_CHOICE.test(name) && UNFINISHED.test(value)
      ? [{ path, expected: "production's own settings, not those of another environment", example: 'production' }]
      : [];
  };
