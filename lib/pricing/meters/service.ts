import { scalersOf } from '../../controls/rules/compute/copies';
import { asList, asObject, at, type EnvironmentView, type Resource } from '../../controls/view';
import { type Charge, charge, type MeterContext, type Meters, numberOf, Unpriced } from '../meter';
import { HOURS, type Price, prices } from '../prices';
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
    const hours = isOnSpot(service) ? onSpot(context.assumed.spotShare) : onDemand;
    return [
      ...taskHours(`copies: ${copies}`, task, copies * HOURS, hours),
      ...(second > 0 ? taskHours('second fleet while deploying', task, copies * second, hours) : []),
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
  const [scaled] = scalersOf(service, environment);
  return numberOf(scaled?.properties.MinCapacity, numberOf(service.properties.DesiredCount, 1));
}

/** What an hour of a task's CPU and memory costs, and how the bill calls it. */
interface TaskPrices {
  readonly suffix: string;
  readonly cpu: Price;
  readonly memory: Price;
}
const onDemand: TaskPrices = { suffix: '', cpu: prices.fargateArmCpu, memory: prices.fargateArmMemory };
const onSpot = (share: number): TaskPrices => ({
  suffix: ` on Spot at ${share * 100} %`,
  cpu: { ...onDemand.cpu, usd: onDemand.cpu.usd * share },
  memory: { ...onDemand.memory, usd: onDemand.memory.usd * share },
});

/** Whether no copy is started at the full price. */
function isOnSpot({ properties }: Resource): boolean {
  const strategy = asList(properties.CapacityProviderStrategy).map(asObject);
  return strategy.length > 0 && strategy.every(({ CapacityProvider }) => CapacityProvider === 'FARGATE_SPOT');
}

function taskHours(what: string, task: Resource, hours: number, { suffix, cpu, memory } = onDemand): Charge[] {
  const { properties } = task;
  if (at(properties, 'RuntimePlatform.CpuArchitecture') !== 'ARM64')
    throw new Unpriced(`no price for Fargate tasks that are not ARM64 (${task.path})`);
  const storage = numberOf(at(properties, 'EphemeralStorage.SizeInGiB'), FREE_STORAGE_GIB) - FREE_STORAGE_GIB;
  return [
    charge('service', `CPU${suffix}, ${what}`, (hours * numberOf(properties.Cpu, 0)) / CPU_UNITS, cpu),
    charge('service', `memory${suffix}, ${what}`, (hours * numberOf(properties.Memory, 0)) / MIB_IN_GB, memory),
    ...(storage > 0 ? [charge('service', `disk, ${what}`, hours * storage, prices.fargateStorage)] : []),
  ];
}
