import { Match, Template } from 'aws-cdk-lib/assertions';
import { acceptedRetention, logClassNames } from '../../../lib/constructs/logs/log-classes';
import { FoundationStack } from '../../../lib/stacks/foundation-stack';
import { environmentOf, stageOf } from '../../support/environments';

const foundationOf = (environment = environmentOf()) =>
  Template.fromStack(new FoundationStack(stageOf(environment), 'foundation', { environment }));

it.each([
  [1, 1],
  [30, 30],
  [31, 60],
  [366, 400],
  [3653, 3653],
])('keeps %i days at least, as a number that CloudWatch accepts: %i', (days, accepted) => {
  expect(acceptedRetention(days)).toBe(accepted);
});

describe('in production', () => {
  const template = foundationOf();

  it.each(logClassNames)('keeps the %s log, encrypted and protected from deletion', (name) => {
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: {
        LogGroupName: `/ums/prod/${name}`,
        KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('masks credentials in what the app writes, and nowhere else', () => {
    const masked = Object.values(template.findResources('AWS::Logs::LogGroup'))
      .filter(({ Properties }) => Properties.DataProtectionPolicy !== undefined)
      .map(({ Properties }) => Properties.LogGroupName);
    expect(masked.sort()).toEqual(['/ums/prod/application', '/ums/prod/error']);
  });

  it('masks a token of the usual shape', () => {
    const [group] = Object.values(
      template.findResources('AWS::Logs::LogGroup', { Properties: { LogGroupName: '/ums/prod/error' } }),
    );
    const { Regex } = group?.Properties.DataProtectionPolicy.Configuration.CustomDataIdentifier[0] ?? {};
    const token = ['eyJhbGciOiJub25lIn0', 'eyJzdWIiOiJub2JvZHkifQ', 'c2lnbmF0dXJl'].join('.');
    expect(`token ${token} refused`).toMatch(new RegExp(Regex));
    expect('eyJ is no token').not.toMatch(new RegExp(Regex));
  });
});

it('lets a development environment go without a trace', () => {
  const template = foundationOf(environmentOf('development'));
  template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  template.allResourcesProperties('AWS::Logs::LogGroup', { DeletionProtectionEnabled: false });
});
