import { steering, steeringOf } from '../../lib/config/checks/steering-variables';
import { steering as judged, steers } from '../../lib/controls/rules/compute/steering-settings';
import { accepted, mistakesIn, prodWith } from '../support/configuration';

const variable = (name: string, value: string) => prodWith({ 'app.variables': { [name]: value } });

describe('variables that steer what stands around the app', () => {
  it.each([
    ['PGOPTIONS', '-c statement_timeout=0'],
    ['LD_PRELOAD', '/app/x.so'],
    ['PYTHONPATH', '/app/other'],
    ['PYTHONBREAKPOINT', 'ipdb.set_trace'],
    ['GUNICORN_CMD_ARGS', '--reload'],
    ['WEB_CONCURRENCY', '50'],
    ['FORWARDED_ALLOW_IPS', '*'],
    ['HTTPS_PROXY', 'http://proxy.example.com'],
    ['REQUESTS_CA_BUNDLE', '/app/ca.pem'],
    ['SSL_CERT_FILE', '/app/ca.pem'],
    ['AWS_REGION', 'us-west-1'],
    ['NODE_OPTIONS', '--inspect'],
    ['WTF_CSRF_ENABLED', 'False'],
    ['CORS_ORIGINS', '*'],
    ['REMEMBER_COOKIE_SECURE', '0'],
    ['OAUTHLIB_INSECURE_TRANSPORT', '1'],
  ])('are refused: %s=%s', (name, value) => {
    const [mistake] = mistakesIn(variable(name, value));
    const because = steeringOf(name, value)?.because;
    expect(because).toMatch(/\w/);
    expect(mistake).toMatchObject({
      path: `app.variables.${name}`,
      expected: expect.stringContaining(String(because)),
    });
    expect(steers(name, value)).toBe(true);
  });

  it.each([
    ['WTF_CSRF_ENABLED', 'True'],
    ['REMEMBER_COOKIE_SECURE', '1'],
    ['CORS_ORIGINS', 'https://portal.example.com'],
    ['PYTHONBREAKPOINT', '0'],
    ['PAGE_SIZE', '20'],
    ['PROXY_COUNT', '1'],
  ])('are the app’s own: %s=%s', (name, value) => {
    expect(accepted(variable(name, value)).app.variables).toEqual({ [name]: value });
    expect(steers(name, value)).toBe(false);
  });

  it('are refused as secrets too, by name', () => {
    const secrets = [{ name: 'HTTPS_PROXY', purpose: 'Address of a proxy with its login' }];
    expect(mistakesIn(prodWith({ 'app.secrets': secrets })).map(({ path }) => path)).toEqual(['app.secrets[0].name']);
  });

  it('are the same in the configuration and in the control', () => {
    const table = (entries: readonly { readonly name: RegExp; readonly value?: RegExp }[]) =>
      entries.map(({ name, value }) => [String(name), value && String(value)]);
    expect(table(judged)).toEqual(table(steering));
  });
});
