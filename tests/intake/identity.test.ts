import { describe, expect, it } from 'vitest';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { identify } from '../../src/intake/identity.ts';

const sad: Declaration = { format: 'asycuda-sad', flow: 'import', office: 'GDSGO', items: [] };

describe('the identity of a declaration', () => {
  it('is office, year, serial and number where ASYCUDA has registered it', () => {
    const registration = { serial: 'C', number: '11971', date: '2014-05-02' };
    const identity = identify({ ...sad, registration, localReference: 'A7', declarant: { id: '791' } });
    expect(identity).toMatchObject({
      reference: 'GDSGO/2014/C11971',
      provisional: false,
      aliases: ['791/A7', 'A7'],
    });
  });

  it('is provisional and made of declarant and local reference before registration', () => {
    const identity = identify({ ...sad, localReference: 'A7', declarant: { id: '791' } });
    expect(identity).toMatchObject({ reference: '791/A7', provisional: true, aliases: ['A7'] });
  });

  it('is the hash of the content where nothing names it', () => {
    const identity = identify(sad);
    expect(identity.provisional).toBe(true);
    expect(identity.reference).toBe(`content-${identity.content.slice(0, 32)}`);
    expect(identify({ ...sad, office: 'GDGRE' }).reference).not.toBe(identity.reference);
  });

  it('does not depend on the order of members or on members that are undefined', () => {
    const reordered = { items: [], office: 'GDSGO', mrn: undefined, flow: 'import', format: 'asycuda-sad' };
    expect(identify(reordered as unknown as Declaration).content).toBe(identify(sad).content);
  });

  it('is the MRN for WCO messages and JSON, with the local reference as another name', () => {
    const identity = identify({ ...sad, format: 'wco-dm', mrn: '26GB1', localReference: 'L1' });
    expect(identity).toMatchObject({ reference: '26GB1', provisional: false, aliases: ['L1'] });
  });
});
