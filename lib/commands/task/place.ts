import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Environment } from '../../config/schema';
import { UserError } from '../shared/command';
import { asking, type Clients } from './clients';

/** Where a one-off task runs, as the outputs of the environment's service stack say. */
export interface Place {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly container: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}

/** Outputs of the service stack that a task needs. */
const outputNames = {
  cluster: 'ClusterName',
  taskDefinition: 'OneOffTask',
  container: 'AppContainer',
  subnets: 'TaskSubnets',
  securityGroup: 'TaskSecurityGroup',
} as const;

/** Name of the stack that runs the application. */
export const serviceStackOf = ({ app, name }: Environment): string => `${app.name}-${name}-service`;

/** Who is asking, checked to be in the environment's account. @throws UserError when they are not */
export async function callerIn(environment: Environment, clients: Clients): Promise<string> {
  const { name, account } = environment;
  if (account === undefined)
    throw new UserError(
      `${name} has no account, so nothing of it is deployed. Set account in lib/config/environments/${name}.ts.`,
    );
  const { Account, Arn } = await asking('see who you are', () => clients.sts.send(new GetCallerIdentityCommand({})));
  if (Account !== account)
    throw new UserError(`You are signed in to account ${Account}, and ${name} is in ${account}. Sign in there.`);
  return Arn ?? 'unknown';
}

/** Looks the place up. @throws UserError when the environment is not deployed, or by an older kit */
export async function placeOf(environment: Environment, clients: Clients): Promise<Place> {
  const stack = serviceStackOf(environment);
  const deploy = `Deploy it with npx cdk deploy '${environment.name}/*'.`;
  const outputs = await asking(`read stack ${stack}`, async () => {
    try {
      const { Stacks } = await clients.cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
      return Stacks?.[0]?.Outputs ?? [];
    } catch (error) {
      if (error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist'))
        throw new UserError(`There is no stack ${stack} in ${environment.region}. ${deploy}`);
      throw error;
    }
  });
  const missing = Object.values(outputNames).filter((name) => !outputs.some((output) => output.OutputKey === name));
  if (missing.length > 0) throw new UserError(`Stack ${stack} has no output ${missing.join(', ')}. ${deploy}`);
  const value = (name: string): string => outputs.find((output) => output.OutputKey === name)?.OutputValue ?? '';
  return {
    cluster: value(outputNames.cluster),
    taskDefinition: value(outputNames.taskDefinition),
    container: value(outputNames.container),
    subnets: value(outputNames.subnets).split(','),
    securityGroup: value(outputNames.securityGroup),
  };
}
