import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/indicators/compared.ts';
import type { Definition } from '../../src/indicators/definition.ts';
import { judge } from '../../src/indicators/judge.ts';
import { soundIndicators } from '../../src/indicators/load.ts';

const { definitions } = soundIndicators(undefined, '2026-04-30');
const told = (id: string, group: Candidate[], compared = true) => {
  const definition: Definition = definitions.get(id)!;
  return judge([group], { definition, figure: definition.figures[0]!, compared })[0]!;
};
const share = (events: number, trials: number): Candidate => ({
  n: trials,
  evidence: { kind: 'binomial', events, trials },
});

describe('a figure among its peers', () => {
  it('asks for a look where chance does not explain it, and leaves the others alone', () => {
    const states = told('I05', [
      share(40, 200),
      ...Array.from({ length: 8 }, (_, i) => share(118 + 2 * i, 200)),
    ]).map(({ state }) => state);
    expect(states).toEqual(['look closer', ...Array(8).fill('consistent with peers')]);
  });

  it('does not ask for a look at who is better, where one side is better', () => {
    const [best] = told('I05', [share(198, 200), ...Array.from({ length: 8 }, () => share(120, 200))]);
    expect(best!.state).toBe('consistent with peers');
  });

  it('says insufficient data of few declarations and of few expected events, never zero', () => {
    const [few, rare] = told('I05', [share(0, 29), share(2, 100), share(1, 100), share(2, 100)]);
    expect([few!.state, rare!.state]).toEqual(['insufficient data', 'insufficient data']);
    expect(few!.limits![1]).toBeGreaterThan(10);
    expect(few!.p).toBeUndefined();
  });

  it('has limits but no state in a series, and no state where nothing is better', () => {
    const [month] = told('I05', [share(40, 200), share(120, 200)], false);
    expect(month).toEqual({ limits: [expect.closeTo(15.05, 1), expect.closeTo(26.08, 1)] });
    expect(told('I16', [share(40, 200), share(120, 200)])[0]!.state).toBeUndefined();
  });

  it('draws who has few towards the others', () => {
    const [few, many] = told('I05', [
      share(9, 10),
      share(180, 200),
      ...Array.from({ length: 6 }, () => share(100, 200)),
    ]);
    expect(few!.shrunk!).toBeLessThan(many!.shrunk!);
    expect(many!.shrunk!).toBeLessThan(90);
  });

  it('tells slow times by how many lie above the others’ median', () => {
    const times = (bin: number): Candidate => ({
      n: 100,
      evidence: {
        kind: 'quantile',
        at: 0.5,
        histogram: { bins: [bin, bin + 1, bin + 2], counts: [34, 33, 33] },
      },
    });
    const states = told('I08', [times(300), times(250), times(250), times(250), times(250)]);
    expect(states[0]!.state).toBe('look closer');
    expect(states[1]!.state).toBe('consistent with peers');
  });
});
