import { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { engineVersions } from '../../../lib/config/database-sizes';
import { dataStackOf } from '../../support/data-stack';
import { environmentOf } from '../../support/environments';

const DB = 'AWS::RDS::DBInstance';
const ALARM = 'AWS::CloudWatch::Alarm';
const SECRET = 'AWS::SecretsManager::Secret';

/** The only resource of a type. */
function only(template: Template, type: string): { Properties: Record<string, unknown> } & Record<string, unknown> {
  const found = Object.values(template.findResources(type));
  expect(found).toHaveLength(1);
  return found[0] as never;
}

describe('in production', () => {
  const { template } = dataStackOf(environmentOf('production'));
  const instance = only(template, DB);

  it('stays when its stack goes, and can not be replaced', () => {
    expect(instance).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(instance.Properties).toMatchObject({
      DBInstanceIdentifier: 'ums-prod-database',
      DeletionProtection: true,
      DeleteAutomatedBackups: false,
    });
  });

  it('has a standby, 30 days of backups and storage that grows', () => {
    expect(instance.Properties).toMatchObject({
      MultiAZ: true,
      BackupRetentionPeriod: 30,
      AllocatedStorage: '50',
      MaxAllocatedStorage: 200,
      StorageType: 'gp3',
    });
  });

  it('leaves the master password to RDS', () => {
    expect(instance.Properties).toMatchObject({ ManageMasterUserPassword: true, MasterUsername: 'breakwater_master' });
    expect(instance.Properties).not.toHaveProperty('MasterUserPassword');
  });

  it('waits for the log groups that RDS would make otherwise', () => {
    const groups = template.findResources('AWS::Logs::LogGroup', {
      Properties: {
        LogGroupName: Match.stringLikeRegexp('^/aws/rds/instance/ums-prod-database/(postgresql|upgrade)$'),
      },
    });
    expect(Object.keys(groups)).toHaveLength(2);
    expect(instance.DependsOn).toEqual(expect.arrayContaining(Object.keys(groups)));
  });

  it('backs up and maintains at different hours', () => {
    expect(instance.Properties).toMatchObject({
      PreferredBackupWindow: '03:00-03:30',
      PreferredMaintenanceWindow: 'sun:04:00-sun:04:30',
    });
  });

  it('warns at a tenth of its storage and pages at a twentieth', () => {
    const gib = 1024 ** 3;
    for (const [name, Threshold] of [
      ['ums-prod-database-storage', 5 * gib],
      ['ums-prod-database-storage-exhausted', 2.5 * gib],
    ] as const) {
      template.hasResourceProperties(ALARM, { AlarmName: name, MetricName: 'FreeStorageSpace', Threshold });
    }
  });

  it('pages at 80 % of the connections that the class allows', () => {
    // A t4g.medium allows 360.
    template.hasResourceProperties(ALARM, { AlarmName: 'ums-prod-database-connections', Threshold: 288 });
  });

  it('pages when the instance falls silent', () => {
    template.hasResourceProperties(ALARM, {
      AlarmName: 'ums-prod-database-silent',
      Statistic: 'SampleCount',
      TreatMissingData: 'breaching',
      AlarmActions: [Match.anyValue()],
    });
  });

  it('has no proxy unless asked', () => {
    template.resourceCountIs('AWS::RDS::DBProxy', 0);
  });
});

describe('the other tiers', () => {
  it('development may be deleted with its environment, at once', () => {
    const { template } = dataStackOf(environmentOf('development'));
    const instance = only(template, DB);
    expect(instance).toMatchObject({ DeletionPolicy: 'Delete' });
    expect(instance.Properties).toMatchObject({
      DBInstanceClass: 'db.t4g.micro',
      DeletionProtection: false,
      MultiAZ: false,
      StorageEncrypted: true,
    });
  });

  it('staging is protected, and may be deleted when that is lifted', () => {
    const { template } = dataStackOf(environmentOf('staging'));
    const instance = only(template, DB);
    expect(instance).toMatchObject({ DeletionPolicy: 'Delete' });
    expect(instance.Properties).toMatchObject({ DeletionProtection: true, MultiAZ: false });
  });

  it('writes the reason for a missing standby beside the instance', () => {
    const { template } = dataStackOf(
      environmentOf('production', { database: { multiAz: { enabled: false, reason: 'Nobody uses it before March' } } }),
    );
    expect(JSON.stringify(only(template, DB).Metadata)).toContain(
      '"finding":"database-standby","reason":"Nobody uses it before March"',
    );
  });

  it('has no alarm on CPU credits where the class has none', () => {
    const { template } = dataStackOf(environmentOf('production', { database: { instanceClass: 'm7g.large' } }));
    expect(template.findResources(ALARM, { Properties: { MetricName: 'CPUCreditBalance' } })).toEqual({});
  });
});

describe.each(engineVersions)('PostgreSQL %s', (version) => {
  const { template } = dataStackOf(environmentOf('production', { database: { version, slowQueryMs: 250 } }));
  const group = only(template, 'AWS::RDS::DBParameterGroup');

  it('uses the parameters of its major version', () => {
    expect(group.Properties.Family).toBe(`postgres${version.split('.')[0]}`);
    expect(only(template, DB).Properties.EngineVersion).toBe(version);
  });

  it('forces TLS, audits and logs what is slow', () => {
    expect(group.Properties.Parameters).toMatchObject({
      'rds.force_ssl': '1',
      'pgaudit.log': 'ddl,role',
      log_statement: 'none',
      log_min_duration_statement: '250',
      statement_timeout: '30000',
    });
  });
});

describe('with a proxy', () => {
  const { data, template } = dataStackOf(environmentOf('production', { database: { proxy: true } }));

  it('knows both login roles of the application, and no role of migrations', () => {
    const proxy = only(template, 'AWS::RDS::DBProxy');
    expect(proxy.Properties).toMatchObject({ RequireTLS: true, DebugLogging: false });
    expect(proxy.Properties.Auth).toHaveLength(2);
    expect(data.database.proxy?.logins).toHaveLength(2);
  });

  it('compares what a client gives with a secret of that user, and waits for its rights', () => {
    const proxy = only(template, 'AWS::RDS::DBProxy');
    for (const login of proxy.Properties.Auth as object[]) {
      expect(login).toMatchObject({
        AuthScheme: 'SECRETS',
        IAMAuth: 'DISABLED',
        ClientPasswordAuthType: 'POSTGRES_SCRAM_SHA_256',
      });
    }
    expect(JSON.stringify(proxy.DependsOn)).toContain('DatabaseProxyRoleRights');
  });

  it('starts with the password that the application has, whichever twin is current', () => {
    const [app] = Object.keys(template.findResources(SECRET, { Properties: { Name: 'ums/prod/database/app' } }));
    for (const twin of ['a', 'b']) {
      template.hasResourceProperties(SECRET, {
        Name: `ums/prod/database/proxy/app-${twin}`,
        GenerateSecretString: Match.absent(),
        SecretString: {
          'Fn::Join': [
            '',
            [
              `{"username":"app_${twin}","password":"{{resolve:secretsmanager:`,
              { Ref: app },
              ':SecretString:password::}}"}',
            ],
          ],
        },
      });
    }
  });

  it('is where the application connects, and migrations go past it', () => {
    const stack = Stack.of(data);
    expect(JSON.stringify(stack.resolve(data.database.forApp))).toMatch(/DatabaseProxy\w+","Endpoint"/);
    expect(JSON.stringify(stack.resolve(data.database.direct))).toMatch(/DatabaseInstance\w+","Endpoint.Address"/);
    expect(data.database.forApp).toMatchObject({ port: 5432, name: 'app' });
  });
});
