import { existsSync, readFileSync } from 'node:fs';

/**
 * The context that the CDK's command line hands to the app (`-c name=value`), readable before there is an app: which
 * environments to load is decided by one of its values.
 */
export function commandLineContext(variables: NodeJS.ProcessEnv = process.env): Readonly<Record<string, unknown>> {
  const overflow = variables.CONTEXT_OVERFLOW_LOCATION_ENV;
  return {
    ...parsed(variables.CDK_CONTEXT_JSON),
    ...(overflow && existsSync(overflow) ? parsed(readFileSync(overflow, 'utf8')) : {}),
  };
}

const parsed = (json: string | undefined): Record<string, unknown> =>
  json ? (JSON.parse(json) as Record<string, unknown>) : {};
