import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  Alarm,
  type CfnAlarm,
  type ComparisonOperator,
  type IMetric,
  type TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import type { RowId } from '../../controls/rows';
import { nameOf } from '../naming';

/** Who is told: see `contacts` of the environment. */
export type Severity = 'critical' | 'warning' | 'security';

/** Key in an alarm's template metadata under which rows, severity and runbook stand. */
export const ALARM_METADATA = 'Breakwater::Alarm';

const RUNBOOKS = join(__dirname, '..', '..', '..', 'runbooks');

export interface RegisteredAlarmProps {
  /** What is wrong, as the first words of the page, such as `Database storage is nearly full`. */
  readonly title: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly comparison: ComparisonOperator;
  /** Periods looked at. */
  readonly periods: number;
  /**
   * Periods of those that must breach.
   * @default - all of them
   */
  readonly breaching?: number;
  /** What silence means. There is no default: decide it. */
  readonly missingData: TreatMissingData;
  readonly severity: Severity;
  /** Checklist rows that the alarm serves. */
  readonly rows: readonly RowId[];
  /** Folder under `runbooks/` that says what to do. */
  readonly runbook: string;
}

/**
 * Every alarm passes through here, so that none lacks a severity, a person, a checklist row or a runbook.
 */
export class AlarmRegistrar {
  private readonly registered = new Map<string, Alarm>();

  constructor(
    private readonly environment: Environment,
    private readonly topics: Readonly<Record<Severity, ITopic>>,
  ) {}

  /** All alarms so far, in order. */
  get alarms(): readonly Alarm[] {
    return [...this.registered.values()];
  }

  /**
   * Adds an alarm in `scope`'s stack, named after its id.
   *
   * @throws when the runbook has no page, no row is named, or another alarm has the name: programming mistakes
   */
  add(scope: Construct, id: string, props: RegisteredAlarmProps): Alarm {
    const name = nameOf(this.environment, kebab(id));
    this.refuseMistakes(id, name, props);
    const alarm = new Alarm(scope, id, {
      alarmName: name,
      alarmDescription: `${props.title}. Rows ${props.rows.join(', ')}. Runbook: ${this.linkOf(props.runbook)}`,
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: props.comparison,
      evaluationPeriods: props.periods,
      datapointsToAlarm: props.breaching ?? props.periods,
      treatMissingData: props.missingData,
    });
    const action = new SnsAction(this.topics[props.severity]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    (alarm.node.defaultChild as CfnAlarm).addMetadata(ALARM_METADATA, {
      rows: props.rows,
      severity: props.severity,
      runbook: props.runbook,
    });
    this.registered.set(name, alarm);
    return alarm;
  }

  private refuseMistakes(id: string, name: string, { runbook, rows }: RegisteredAlarmProps): void {
    if (!existsSync(join(RUNBOOKS, runbook, 'README.md'))) {
      throw new Error(`Alarm ${id}: runbook '${runbook}' has no page. Expected runbooks/${runbook}/README.md.`);
    }
    if (rows.length === 0) {
      throw new Error(`Alarm ${id}: no checklist row. Expected at least one, for example rows: ['A08'].`);
    }
    const other = this.registered.get(name);
    if (other) {
      throw new Error(
        `Alarm ${id}: ${other.node.path} is named ${name} already. Expected an id that no other alarm of the environment has.`,
      );
    }
  }

  private linkOf(runbook: string): string {
    return `https://github.com/${this.environment.pipeline.repository}/blob/main/runbooks/${runbook}/README.md`;
  }
}

const kebab = (id: string): string => id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
