import type { EnvironmentView, Resource } from '../../view';

export const SECRET = 'AWS::SecretsManager::Secret';

/** A login that RDS Proxy knows: one of the application's two roles. */
const LOGIN = /\/database\/proxy\/app-([ab])$/;
const APP = /\/database\/app$/;

/** The role that a proxy's login is for, such as `app_a`; nothing for every other secret. */
export function roleOfProxyLogin(secret: Resource, view: EnvironmentView): string | undefined {
  const [, twin] = LOGIN.exec(view.text(secret.properties.Name)) ?? [];
  return twin && `app_${twin}`;
}

/** Whether a login of the proxy starts with the password of the application's own login, fetched from its secret. */
export function copiesAppLogin(secret: Resource, view: EnvironmentView): boolean {
  const [source, ...others] = view.targets(secret.properties.SecretString, secret);
  return (
    others.length === 0 &&
    source?.type === SECRET &&
    APP.test(view.text(source.properties.Name)) &&
    view.text(secret.properties.SecretString) ===
      `{"username":"${roleOfProxyLogin(secret, view)}","password":"{{resolve:secretsmanager:\${${source.logicalId}}:SecretString:password::}}"}`
  );
}

/** A login of the application and one of the proxy that copies it, for fixtures. */
export function sampleProxyLogin(twin: string, username = `app_${twin}`, source = 'App') {
  return {
    Type: SECRET,
    Properties: {
      Name: `ums/prod/database/proxy/app-${twin}`,
      SecretString: {
        'Fn::Join': [
          '',
          [
            `{"username":"${username}","password":"{{resolve:secretsmanager:`,
            { Ref: source },
            ':SecretString:password::}}"}',
          ],
        ],
      },
    },
  };
}
