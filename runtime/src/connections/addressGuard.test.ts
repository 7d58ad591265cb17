import { describe, expect, it } from 'vitest';
import { addressProblem } from './addressGuard.ts';

describe('addresses', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '100.100.100.200',
  ])('[security] %s is never allowed', (address) => {
    expect(addressProblem(address, true)).toMatch(/never/);
    expect(addressProblem(address, false)).toMatch(/never/);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.10',
    '::1',
    '::ffff:10.0.0.1',
    'fd12::1',
    '0.0.0.0',
  ])('%s is allowed only where private addresses are', (address) => {
    expect(addressProblem(address, true)).toBeUndefined();
    expect(addressProblem(address, false)).toMatch(/private network/);
  });

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '169.253.1.1'])('%s is allowed', (address) => {
    expect(addressProblem(address, false)).toBeUndefined();
  });

  it('what is no address is refused', () => {
    expect(addressProblem('example.com', true)).toBe('is not an IP address');
  });
});
