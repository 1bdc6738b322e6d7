import { asList, asObject, at, type EnvironmentView, type Resource } from '../../controls/view';
import { type Charge, charge, type MeterContext, type Meters, numberOf, Unpriced } from '../meter';
import { HOURS, prices } from '../prices';
import { runsInMonth } from '../schedule';

const CPU_UNITS = 1024;
const MIB_IN_GB = 1024;
const FREE_STORAGE_GIB = 20;
const SECOND_CALL = 1;
/** Minutes that a deployment takes beside its bake: start, hooks, health checks. */
const ROLLOUT_MINUTES = 10;

export const serviceMeters: Meters = {
  'AWS::ECS::Service': (service, context) => {
    const task = context.environment.target(service.properties.TaskDefinition, service);
    if (!task) return [];
    const copies = copiesOf(service, context.environment);
    const bake = numberOf(at(service.properties, 'DeploymentConfiguration.BakeTimeInMinutes'), 0);
    const blueGreen = at(service.properties, 'DeploymentConfiguration.Strategy') === 'BLUE_GREEN';
    const second = blueGreen ? (context.assumed.deployments * (bake + ROLLOUT_MINUTES)) / 60 : 0;
    return [
      ...taskHours(`copies: ${copies}`, task, copies * HOURS),
      ...(second > 0 ? taskHours('second fleet while deploying', task, copies * second) : []),
    ];
  },
  'AWS::Scheduler::Schedule': (schedule, context) => {
    const started = asObject(at(schedule.properties, 'Target.EcsParameters')).TaskDefinitionArn;
    return scheduledHours(schedule, started, context);
  },
  'AWS::Events::Rule': (rule, context) =>
    asList(rule.properties.Targets).flatMap((target) =>
      rule.properties.ScheduleExpression === undefined
        ? []
        : scheduledHours(rule, at(target, 'EcsParameters.TaskDefinitionArn'), context),
    ),
  'AWS::Lambda::Function': ({ properties }, { assumed }) => {
    const calls = assumed.thousandCalls * 1000;
    const gigabytes = numberOf(properties.MemorySize, 128) / MIB_IN_GB;
    return [
      charge('service', 'functions', calls * SECOND_CALL * gigabytes, prices.lambdaArm),
      charge('service', 'function calls', calls / 1_000_000, prices.lambdaRequests),
    ];
  },
};

function scheduledHours(schedule: Resource, started: Parameters<EnvironmentView['target']>[0], context: MeterContext) {
  const task = context.environment.target(started, schedule);
  if (!task) return [];
  const runs = runsInMonth(String(schedule.properties.ScheduleExpression));
  return taskHours('scheduled tasks', task, (runs * context.assumed.taskMinutes) / 60);
}

/** Fewest copies that run: what autoscaling keeps, or else what the service states. */
export function copiesOf(service: Resource, environment: EnvironmentView): number {
  const scaled = environment
    .ofType('AWS::ApplicationAutoScaling::ScalableTarget')
    .find((target) => environment.targets(target.properties.ResourceId, target).includes(service));
  return numberOf(scaled?.properties.MinCapacity, numberOf(service.properties.DesiredCount, 1));
}

function taskHours(what: string, task: Resource, hours: number): Charge[] {
  const { properties } = task;
  if (at(properties, 'RuntimePlatform.CpuArchitecture') !== 'ARM64')
    throw new Unpriced(`no price for Fargate tasks that are not ARM64 (${task.path})`);
  const storage = numberOf(at(properties, 'EphemeralStorage.SizeInGiB'), FREE_STORAGE_GIB) - FREE_STORAGE_GIB;
  return [
    charge('service', `CPU, ${what}`, (hours * numberOf(properties.Cpu, 0)) / CPU_UNITS, prices.fargateArmCpu),
    charge('service', `memory, ${what}`, (hours * numberOf(properties.Memory, 0)) / MIB_IN_GB, prices.fargateArmMemory),
    ...(storage > 0 ? [charge('service', `disk, ${what}`, hours * storage, prices.fargateStorage)] : []),
  ];
}
