import { describe, expect, it } from 'vitest';
import { changed, changedSecrets } from './changed.ts';

describe('what an entry of the audit log says of a change', () => {
  it('is before and after, of what differs only', () => {
    const before = { flows: 200, url: 'mqtt://a', tags: ['north'], qos: 1 };
    const after = { flows: 100, url: '', tags: ['north', 'fish'], qos: 1, retain: true };
    expect(changed(before, after)).toEqual({
      flows: '200 → 100',
      url: 'mqtt://a → nothing',
      tags: '["north"] → ["north","fish"]',
      retain: 'nothing → true',
    });
    expect(changed(before, { ...before })).toEqual({});
  });

  it('leaves out what is long', () => {
    expect(changed({ ca: '' }, { ca: 'x'.repeat(201) })).toEqual({ ca: 'changed' });
  });

  it('has no secret in it, only its name', () => {
    const said = changedSecrets(
      { password: 'old-secret', token: 'same' },
      { password: 'new', token: 'same' },
    );
    expect(said).toEqual({ password: 'changed' });
  });
});
