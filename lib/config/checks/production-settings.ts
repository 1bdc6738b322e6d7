import type { Check } from './check';

const DEBUG_SWITCH =
  /(^|_)(DEBUG|DEBUGGER|TESTING|RELOAD|AUTORELOAD|ECHO)(_|$)|^(WERKZEUG_|PYTHONINSPECT$|PYTHONBREAKPOINT$)/;
const OFF = /^(|0|no|off|false|none)$/i;

const SETTINGS_CHOICE =
  /(^|_)(ENV|ENVIRONMENT|CONFIG|CONFIG_NAME|CONFIG_CLASS|CONFIG_TYPE|CONFIG_MODE|SETTINGS|SETTINGS_MODULE|PROFILE|STAGE)$/;
const UNFINISHED = /dev|test|debug|local|staging/i;

/** Production runs with debug and testing off, with production's own settings and a quiet log (rows C06 and C15). */
export const productionSettings: Check = ({ tier, app }) => {
  if (tier !== 'production') return [];
  const variables = Object.entries(app.variables);
  return [
    ...(app.logLevel === 'DEBUG'
      ? [
          {
            path: ['app', 'logLevel'],
            expected: 'INFO, WARNING or ERROR in production: DEBUG logs personal data',
            example: 'INFO',
          },
        ]
      : []),
    ...variables
      .filter(([name, value]) => DEBUG_SWITCH.test(name) && !OFF.test(value.trim()))
      .map(([name]) => ({
        path: ['app', 'variables', name],
        expected: `${name} off or absent in production`,
        example: '0',
      })),
    ...variables
      .filter(([name, value]) => SETTINGS_CHOICE.test(name) && UNFINISHED.test(value))
      .map(([name]) => ({
        path: ['app', 'variables', name],
        expected: `production's own settings, not those of another environment`,
        example: 'production',
      })),
  ];
};
