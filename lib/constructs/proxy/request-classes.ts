import type { Environment } from '../../config/schema';
import { below, exactly, map } from './nginx-words';

/**
 * Variables that say what kind of request it is: `$is_api` decides between JSON and HTML pages and where CORS applies,
 * `$limit` is the narrowest limit that counts the request. Health counts as any other page: it asks the database, and the
 * load balancer's own checks come under another name.
 */
export function requestClasses({ app }: Environment): string[] {
  const { loginPaths, apiPaths } = app;
  return [
    ...map('$uri', '$is_api', [...(apiPaths.length > 0 ? [[below(apiPaths), '1'] as const] : []), ['default', '""']]),
    ...map('$uri', '$limited_path', [
      ...(loginPaths.length > 0 ? [[exactly(loginPaths), 'login'] as const] : []),
      ...(apiPaths.length > 0 ? [[below(apiPaths), 'api'] as const] : []),
      ['default', 'other'],
    ]),
    // A form that is only looked at is no attempt to log in, and a list that is read is no write.
    ...map('$request_method', '$reads', [
      ...['GET', 'HEAD', 'OPTIONS'].map((method) => [method, '1'] as const),
      ['default', '""'],
    ]),
    ...map('$limited_path:$reads', '$limit', [
      ['"login:"', 'login'],
      ['"api:"', 'write'],
      ['default', 'hourly'],
    ]),
  ];
}
