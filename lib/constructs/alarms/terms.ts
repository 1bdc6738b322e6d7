import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** One minute, the finest period of most AWS metrics. */
export const MINUTE = Duration.minutes(1);
export const FIVE_MINUTES = Duration.minutes(5);

/** How a figure compares with the threshold when the alarm is raised. */
export const {
  GREATER_THAN_OR_EQUAL_TO_THRESHOLD: atOrAbove,
  GREATER_THAN_THRESHOLD: above,
  LESS_THAN_THRESHOLD: below,
} = ComparisonOperator;

/** What a period without data means: trouble, health, or nothing, so that the alarm stays as it is. */
export const { BREACHING, NOT_BREACHING, MISSING } = TreatMissingData;

/** For load that hurts when it lasts: twelve minutes of fifteen. A short peak calls nobody. */
export const LASTING = { periods: 15, breaching: 12 } as const;
