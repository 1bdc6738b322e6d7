import { rows } from './row';

export const pipeline = rows({
  P01: {
    need: '.env files, .git and hard-coded secrets stop the deployment; checked on every push and pull request, with a baseline',
    how: ['gate'],
  },
  P02: { need: 'Debug mode stops; development artefacts (TODO, FIXME, DEBUG) warn', how: ['gate'] },
  P03: {
    need: 'The deployed package leaves out .env, .env.*, .git, node_modules, caches, dumps and databases',
    how: ['gate', 'enforce'],
  },
  P04: {
    need: 'Dependencies and images scanned weekly; security patches at once, minor updates monthly, major ones quarterly, tried in staging and recorded',
    how: ['enforce', 'gate'],
  },
  P05: { need: 'Versions pinned, builds reproducible', how: ['gate'] },
  P06: { need: 'CI runs tests and deploys; staging before production', how: ['gate'] },
  P07: {
    need: 'After each deployment: health, headers, HTTPS, blocked paths, rate limits, error pages, logs arriving, resources, backups and alarms verified on the running system',
    how: ['probe'],
  },
  P08: { need: 'Load test at the expected load before go-live, bottlenecks named', how: ['gate', 'probe'] },
  P09: { need: 'Security test of the running endpoint (ZAP, Nikto, nmap class)', how: ['probe'] },
  P10: { need: 'Migration dry run before deploy', how: ['gate'] },
  P11: { need: 'Releases tagged; what runs can be traced to a commit', how: ['enforce'] },
  P12: { need: 'The pipeline itself holds no long-lived cloud keys', how: ['enforce'] },
  P13: {
    need: 'Before go-live the image starts, imports and passes health in staging, and the go-live list is signed off',
    how: ['gate'],
  },
  P14: {
    need: "The application's own tests (endpoints, authentication, roles) and its staging flows must have passed for the digest that is deployed",
    how: ['gate'],
  },
  P15: {
    need: 'Format, lint, type and coverage checks in the pipeline; development dependencies absent from the image',
    how: ['gate'],
  },
});
