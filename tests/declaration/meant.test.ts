import { expect, it } from 'vitest';
import { validateAnswer } from '../../src/declaration/validate.ts';

it('who gives an account by the name that surrogates have in answers is told by which it is given', () => {
  const by = (member: string) => ({
    reference: 'A/2026/C1',
    trail: [{ kind: 'RELEASE', at: '2026-03-02T10:00:00Z', [member]: 'anna' }],
  });
  expect(() => validateAnswer(by('officer'))).toThrow("it has no member 'officer'; who acted is its 'user'");
  // What is no such name, and where there is no account, is told as ever.
  expect(() => validateAnswer(by('clerk'))).toThrow(/it has no member 'clerk'$/);
  expect(() => validateAnswer({ reference: 'A/2026/C1', officer: 'anna' })).toThrow(
    /it has no member 'officer'$/,
  );
});
