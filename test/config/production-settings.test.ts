import { accepted, mistakesIn, prodWith } from '../support/configuration';

const variable = (name: string, value: string, tier = 'production'): unknown =>
  prodWith({ tier, 'app.variables': { [name]: value } });

const refusal = (file: unknown): readonly (readonly [string, string])[] =>
  mistakesIn(file).map(({ path, expected }) => [path, expected]);

describe('debug in production (debug-off-in-production, row C06)', () => {
  it.each([
    ['DEBUG', '1'],
    ['DEBUG', 'True'],
    ['APP_DEBUG', 'yes'],
    ['DEBUG_TOOLBAR_ENABLED', 'on'],
    ['FLASK_TESTING', 'true'],
    ['SQLALCHEMY_ECHO', 'debug'],
    ['TEMPLATES_AUTO_RELOAD', '1'],
    ['WERKZEUG_DEBUG_PIN', 'off-limits'],
  ])('is refused: %s=%s', (name, value) => {
    expect(refusal(variable(name, value))).toEqual([
      [`app.variables.${name}`, expect.stringMatching(/off or absent in production|no secret in plain text/)],
    ]);
  });

  it.each([
    ['DEBUG', '0'],
    ['APP_DEBUG', 'False'],
    ['DEBUG_TOOLBAR_ENABLED', 'off'],
    ['SQLALCHEMY_ECHO', ''],
    ['DEBUGGING_GUIDE_URL', 'https://wiki.example.com/debugging'],
  ])('is off: %s=%s', (name, value) => {
    expect(accepted(variable(name, value)).app.variables).toEqual({ [name]: value });
  });

  it.each(['FLASK_DEBUG', 'FLASK_ENV', 'TESTING', 'APP_ENV'])('is decided by the kit: %s', (name) => {
    expect(refusal(variable(name, '0'))).toEqual([
      [`app.variables.${name}`, `no ${name} here: the kit sets it from the rest of this file`],
    ]);
  });

  it('is refused in the log', () => {
    expect(refusal(prodWith({ 'app.logLevel': 'DEBUG' }))).toEqual([
      ['app.logLevel', 'INFO, WARNING or ERROR in production: DEBUG logs personal data'],
    ]);
  });

  it.each(['development', 'staging'])('may be on in %s', (tier) => {
    expect(accepted(variable('DEBUG', '1', tier)).tier).toBe(tier);
    expect(accepted(prodWith({ tier, 'app.logLevel': 'DEBUG' })).app.logLevel).toBe('DEBUG');
  });
});

describe("production's own settings (production-settings-apart, row C15)", () => {
  it.each([
    ['APP_SETTINGS', 'config.DevelopmentConfig'],
    ['FLASK_CONFIG', 'testing'],
    ['CONFIG_NAME', 'local'],
    ['SETTINGS_MODULE', 'ums.settings.staging'],
    ['PROFILE', 'dev'],
  ])("refuses another environment's: %s=%s", (name, value) => {
    expect(refusal(variable(name, value))).toEqual([
      [`app.variables.${name}`, "production's own settings, not those of another environment"],
    ]);
  });

  it.each([
    ['APP_SETTINGS', 'config.ProductionConfig'],
    ['FLASK_CONFIG', 'production'],
  ])('accepts its own: %s=%s', (name, value) => {
    expect(accepted(variable(name, value)).app.variables).toEqual({ [name]: value });
  });

  it.each([
    ['DATABASE_URL', 'sqlite:///dev.db', 'no SQLite'],
    ['JOBS_STORE', '/data/jobs.sqlite3', 'no SQLite'],
    ['RATELIMIT_STORAGE_URL', 'redis://localhost:6379', 'no address of this machine'],
    ['STATSD_HOST', '127.0.0.1', 'no address of this machine'],
    ['API_URL', 'http://host.docker.internal:8080/v1', 'no address of this machine'],
    ['UPLOAD_BUCKET', 'your-bucket-name', 'a real value'],
    ['COMPANY', '<fill me in>', 'a real value'],
    ['COMPANY', 'ChangeMe!', 'a real value'],
    ['DATABASE_URL', 'postgresql://db.example.com/ums', 'a driver alone'],
    ['SQLALCHEMY_DATABASE_URI', 'mysql+pymysql://', 'a driver alone'],
  ])('refuses a fallback: %s=%s', (name, value, expected) => {
    for (const tier of ['development', 'staging', 'production']) {
      expect(refusal(variable(name, value, tier))).toEqual([
        [`app.variables.${name}`, expect.stringContaining(expected)],
      ]);
    }
  });

  it.each([
    ['DATABASE_URL', 'postgresql+psycopg://'],
    ['DATABASE_URL', 'postgresql:///?application_name=ums'],
    ['METRICS_URL', 'https://metrics.localhost-labs.com'],
    ['UPLOAD_BUCKET', 'ums-uploads'],
  ])('accepts a real value: %s=%s', (name, value) => {
    expect(accepted(variable(name, value)).app.variables).toEqual({ [name]: value });
  });
});
