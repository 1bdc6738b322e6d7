import { rows } from './row';

export const compliance = rows({
  G01: {
    need: "GDPR: export and deletion of a person's data as a procedure; data minimised in logs",
    how: ['runbook', 'contract', 'enforce'],
  },
  G02: { need: 'PCI DSS: encryption, segmented network, access control, regular tests', how: ['enforce'] },
  G03: { need: 'Audit evidence can be produced on demand, mapped to OWASP Top 10, NIST CSF and CIS', how: ['runbook'] },
  G04: { need: 'CCPA handled like GDPR; privacy policy published', how: ['runbook', 'gate'] },
});
