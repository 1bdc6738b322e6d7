import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Environment } from '../../config/schema';

/** Parts of a cluster that have ARNs. IAM takes no pattern for the kind. */
type ClusterPart = 'service' | 'service-deployment' | 'service-revision' | 'task';

/** ARN of a part of a cluster; it may end in `*` for what ECS makes as it goes. */
export const partOfCluster = (environment: Environment, part: ClusterPart, clusterName: string, rest: string): string =>
  `arn:${Aws.PARTITION}:ecs:${environment.region}:${Aws.ACCOUNT_ID}:${part}/${clusterName}/${rest}`;

/** Lets a function list and describe the tasks of a cluster. */
export const lookingAtTasks = (environment: Environment, clusterName: string): readonly PolicyStatement[] => [
  new PolicyStatement({
    actions: ['ecs:DescribeTasks'],
    resources: [partOfCluster(environment, 'task', clusterName, '*')],
  }),
  // IAM knows no resource for listing tasks on Fargate; the cluster is the bound.
  new PolicyStatement({
    actions: ['ecs:ListTasks'],
    resources: ['*'],
    conditions: {
      ArnEquals: {
        'ecs:cluster': `arn:${Aws.PARTITION}:ecs:${environment.region}:${Aws.ACCOUNT_ID}:cluster/${clusterName}`,
      },
    },
  }),
];
