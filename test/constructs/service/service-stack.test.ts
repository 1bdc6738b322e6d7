import { Match } from 'aws-cdk-lib/assertions';
import { providedSettings } from '../../../lib/config/provided-settings';
import { environmentOf } from '../../support/environments';
import { containersOf, namesIn, serviceTemplateOf, settingsOf } from '../../support/service-template';

const prod = environmentOf('production', {
  app: {
    variables: { LOG_FORMAT: 'json', DATABASE_URL: 'postgresql+psycopg://' },
    secrets: [{ name: 'STRIPE_KEY', purpose: 'Payments at Stripe', rotateDays: 90 }],
    mail: { host: 'smtp.example.com', port: 587, from: 'app@example.com', timeoutSeconds: 10 },
    staticFiles: [{ path: '/static/', folder: '/app/static' }],
  },
  processes: {
    workers: [
      {
        name: 'mailer',
        command: ['celery', 'worker'],
        cpu: 256,
        memory: 512,
        connections: 2,
        copies: 2,
        stopSeconds: 90,
      },
    ],
    scheduled: [
      { name: 'clean', command: ['flask', 'clean'], cpu: 256, memory: 512, connections: 2, schedule: 'rate(1 day)' },
    ],
  },
});

describe('the service of a production environment', () => {
  const template = serviceTemplateOf(prod);
  const web = containersOf(template, 'web');

  it('starts volumes, static, app and proxy in this order', () => {
    expect(Object.keys(web)).toEqual(['volumes', 'app', 'static', 'proxy']);
    const waits = (name: string) =>
      (web[name]?.DependsOn as { ContainerName: string; Condition: string }[] | undefined)
        ?.map(({ ContainerName, Condition }) => `${ContainerName} ${Condition}`)
        .sort();
    expect(waits('volumes')).toBeUndefined();
    expect(waits('static')).toEqual(['volumes SUCCESS']);
    expect(waits('app')).toEqual(['static SUCCESS', 'volumes SUCCESS']);
    expect(waits('proxy')).toEqual(['app HEALTHY', 'volumes SUCCESS']);
  });

  it('runs gunicorn on loopback with workers for the task’s CPU', () => {
    const command = web.app?.Command as string[];
    expect(command.slice(0, 2)).toEqual(['gunicorn', 'run:app']);
    expect(command).toEqual(expect.arrayContaining(['--bind', '127.0.0.1:8000', '--workers', '3', '--threads', '2']));
    expect(command).toEqual(expect.arrayContaining(['--timeout', '60', '--graceful-timeout', '30']));
    expect(web.app?.StopTimeout).toBe(35);
  });

  it('gives only the proxy a port', () => {
    expect(web.proxy?.PortMappings).toEqual([{ ContainerPort: 8443, Protocol: 'tcp' }]);
    expect([web.app, web.static, web.volumes].map((each) => each?.PortMappings)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('hands the app what the configuration says that it is given, and nothing else', () => {
    const given = [...namesIn(web.app?.Environment), ...namesIn(web.app?.Secrets)];
    // The start script puts this one together.
    expect([...given, 'REDIS_URL'].sort()).toEqual([...providedSettings(prod), 'LOG_FORMAT'].sort());
  });

  it('lets the operator choose the driver, and nothing else of the address', () => {
    expect(settingsOf(web.app).DATABASE_URL).toBe('postgresql+psycopg://');
  });

  it('writes no secret into the template: each is fetched from its field', () => {
    const secrets = web.app?.Secrets as { Name: string; ValueFrom: unknown }[];
    const from = (name: string) => JSON.stringify(secrets.find(({ Name }) => Name === name)?.ValueFrom);
    expect(from('PGPASSWORD')).toContain(':password::');
    expect(from('PGPASSWORD')).toContain('DatabaseApp');
    expect(from('SECRET_KEY')).toContain(':current::');
    expect(from('SECRET_KEY')).not.toEqual(from('JWT_SECRET_KEY'));
    expect(from('STRIPE_KEY')).toMatch(/^\{"Fn::GetStackOutput":\{[^{}]*StripeKey[^{}]*\}\}$/);
  });

  it('logs in to the database as somebody else for migrations', () => {
    const secrets = containersOf(template, 'migrate').app?.Secrets as { Name: string; ValueFrom: unknown }[];
    expect(JSON.stringify(secrets.find(({ Name }) => Name === 'PGUSER')?.ValueFrom)).toContain('DatabaseMigrate');
  });

  it('finds the database by plain settings, so that its login stays as it is when the place changes', () => {
    const { PGHOST, PGPORT, PGDATABASE } = settingsOf(web.app);
    expect(JSON.stringify(PGHOST)).toMatch(/Import.*DatabaseInstance.*EndpointAddress/);
    expect({ PGPORT, PGDATABASE }).toEqual({ PGPORT: '5432', PGDATABASE: 'app' });
    expect(namesIn(web.app?.Secrets).filter((name) => name.startsWith('PG'))).toEqual(['PGPASSWORD', 'PGUSER']);
  });

  it('copies static files to where the proxy looks for them', () => {
    expect(web.static?.Command).toEqual(['/app/static', '/breakwater/static/static']);
  });

  it('sends mail with STARTTLS on the submission port', () => {
    expect(settingsOf(web.app)).toMatchObject({ MAIL_PORT: '587', MAIL_USE_TLS: '1', MAIL_USE_SSL: '0' });
  });

  it('deploys blue/green, bakes ten minutes, and goes back by alarm or circuit breaker', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      ServiceName: 'ums-prod-web',
      DesiredCount: Match.absent(),
      DeploymentConfiguration: {
        Strategy: 'BLUE_GREEN',
        BakeTimeInMinutes: 10,
        MinimumHealthyPercent: 100,
        Alarms: { Enable: true, Rollback: true, AlarmNames: Match.anyValue() },
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
  });

  it('makes a service once the rights of every role that it uses are attached', () => {
    const rightsOf = (role: RegExp) =>
      Object.keys(template.findResources('AWS::IAM::ManagedPolicy')).find((each) => role.test(each));
    for (const [name, ...roles] of [
      ['web', /^WebLoadBalancerRoleRights/, /^TasksAppRolesExecutionRights/],
      ['worker-mailer', /^TasksAppRolesExecutionRights/],
    ] as const) {
      for (const role of roles) {
        template.hasResource('AWS::ECS::Service', {
          Properties: { ServiceName: `ums-prod-${name}` },
          DependsOn: Match.arrayWith([rightsOf(role)]),
        });
      }
    }
  });

  it('follows requests over both target groups', () => {
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: {
        // Three workers of two threads, each with 180 requests a minute.
        TargetValue: 1080,
        CustomizedMetricSpecification: {
          Metrics: Match.arrayWith([
            Match.objectLike({ Expression: 'FILL(blue, 0) + FILL(green, 0)', ReturnData: true }),
          ]),
        },
      },
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 6 });
  });

  it('gives the code no right at AWS, and ECS those that it needs', () => {
    const roles = template.findResources('AWS::IAM::Role', {
      Properties: { AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'ecs-tasks.amazonaws.com' } }] } },
    });
    const code = Object.keys(roles).filter((id) => /RolesTask/.test(id));
    expect(code).toHaveLength(2);
    const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
    for (const id of code) expect(JSON.stringify(policies)).not.toContain(`"Ref":"${id}"`);
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  it('writes one right to decrypt for all secrets of a role, each named', () => {
    const [rights] = Object.values(template.findResources('AWS::IAM::ManagedPolicy')).filter((each) =>
      JSON.stringify(each).includes('DatabaseApp'),
    );
    const statements = rights?.Properties.PolicyDocument.Statement as { Action: unknown; Condition?: object }[];
    const decrypt = statements.filter(({ Action }) => Action === 'kms:Decrypt');
    expect(decrypt).toHaveLength(1);
    expect(decrypt[0]?.Condition).toEqual({
      StringEquals: { 'kms:ViaService': expect.anything(), 'kms:EncryptionContext:SecretARN': expect.any(Array) },
    });
    const contexts = Object.values(decrypt[0]?.Condition ?? {}).flatMap((each: Record<string, unknown>) =>
      Object.values(each).filter(Array.isArray).flat(),
    );
    // Database, two keys, cache, mail, and the third party's.
    expect(contexts).toHaveLength(6);
  });

  it('runs a worker without a load balancer, and rolls it back by its own alarm', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      ServiceName: 'ums-prod-worker-mailer',
      DesiredCount: 2,
      DeploymentConfiguration: {
        Strategy: Match.absent(),
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        Alarms: { Enable: true, Rollback: true, AlarmNames: [{ Ref: Match.stringLikeRegexp('workermailermemory') }] },
      },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'ums-prod-worker-mailer-memory',
      MetricName: 'MemoryUtilization',
      TreatMissingData: 'notBreaching',
    });
    expect(containersOf(template, 'worker-mailer').app).toMatchObject({
      Command: ['celery', 'worker'],
      StopTimeout: 90,
    });
  });

  it('starts a scheduled command in the private network, and tells of its failure', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 day)',
      Target: {
        DeadLetterConfig: Match.anyValue(),
        EcsParameters: { NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } } },
      },
    });
    const [tags] = Object.values(template.findResources('AWS::IAM::ManagedPolicy'))
      .flatMap((each) => each.Properties.PolicyDocument.Statement as { Action: unknown; [part: string]: unknown }[])
      .filter(({ Action }) => Action === 'ecs:TagResource');
    expect(tags).toMatchObject({ Condition: { StringEquals: { 'ecs:CreateAction': 'RunTask' } } });
    expect(JSON.stringify(tags?.Resource)).toMatch(/:task\/"?.*Cluster.*"\/\*"/);
    template.hasResourceProperties('AWS::Events::Rule', {
      Name: 'ums-prod-scheduled-clean-failed',
      EventPattern: { detail: { lastStatus: ['STOPPED'] } },
    });
  });

  it('asks for the release and has no default for it', () => {
    template.hasParameter('Release', {
      Type: 'String',
      Default: Match.absent(),
      AllowedPattern: '[0-9a-f]{40}([0-9a-f]{24})?',
    });
    expect(settingsOf(web.app).RELEASE).toEqual({ Ref: 'Release' });
  });

  it('tells the command line where tasks run', () => {
    for (const name of [
      'ClusterName',
      'ServiceName',
      'OneOffTask',
      'MigrateTask',
      'AppContainer',
      'TaskSubnets',
      'TaskSecurityGroup',
    ]) {
      template.hasOutput(name, {});
    }
  });

  it('drops no line of the app, and lets the proxy drop some rather than wait', () => {
    const mode = (name: string) => ({ [name]: web[name]?.LogConfiguration });
    expect({ ...mode('app'), ...mode('static'), ...mode('proxy') }).toMatchObject({
      app: { Options: { mode: 'blocking' } },
      static: { Options: { mode: 'blocking' } },
      proxy: { Options: { mode: 'non-blocking' } },
    });
  });
});

describe('the service of other environments', () => {
  it('runs one copy in development, without Container Insights, and is told of a missing one all the same', () => {
    const template = serviceTemplateOf(environmentOf('development'));
    template.hasResourceProperties('AWS::ECS::Cluster', {
      ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }],
    });
    template.resourcePropertiesCountIs('AWS::ECS::Service', { ServiceName: 'ums-dev-web', DesiredCount: 1 }, 1);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 0);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'ums-dev-copies-missing',
      Statistic: 'SampleCount',
    });
    expect(settingsOf(containersOf(template, 'web').app)).toMatchObject({
      APP_ENV: 'development',
      FLASK_ENV: 'production',
      FLASK_DEBUG: '0',
      LOG_LEVEL: 'DEBUG',
    });
  });

  it('interrupts only the web service, and only in development', () => {
    const worker = { name: 'mail', command: ['celery'], memory: 512, connections: 2, copies: 1, stopSeconds: 30 };
    const processes = { workers: [{ ...worker, cpu: 256 as const }] };
    const dev = serviceTemplateOf(environmentOf('development', { processes }));
    const onDemand = { LaunchType: 'FARGATE', CapacityProviderStrategy: Match.absent() };
    dev.hasResourceProperties('AWS::ECS::Cluster', { CapacityProviders: ['FARGATE_SPOT'] });
    dev.hasResourceProperties('AWS::ECS::Service', {
      ServiceName: 'ums-dev-web',
      LaunchType: Match.absent(),
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
    });
    dev.hasResourceProperties('AWS::ECS::Service', { ServiceName: 'ums-dev-worker-mail', ...onDemand });
    const staging = serviceTemplateOf(environmentOf('staging', { app: { copies: { min: 2, max: 2 } } }));
    staging.hasResourceProperties('AWS::ECS::Cluster', { CapacityProviders: Match.absent() });
    staging.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 2, ...onDemand });
    staging.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  it('keeps the autoscaling of production where fewest and most copies are alike', () => {
    const template = serviceTemplateOf(environmentOf('production', { app: { copies: { min: 3, max: 3 } } }));
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 3, MaxCapacity: 3 });
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent(), LaunchType: 'FARGATE' });
    template.hasResourceProperties('AWS::ECS::Cluster', { CapacityProviders: Match.absent() });
  });

  it('knows no cache where there is none', () => {
    const template = serviceTemplateOf(
      environmentOf('staging', { cache: { enabled: false, reason: 'Sessions are kept in the database' } as never }),
    );
    const names = namesIn(containersOf(template, 'web').app?.Environment);
    expect(names.filter((name) => name.startsWith('REDIS'))).toEqual([]);
  });
});
