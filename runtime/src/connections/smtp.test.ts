import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { isTransient } from '@sluice/shared/errors.ts';
import { afterEach, expect, it } from 'vitest';
import { openSmtp } from './smtp.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** As much of a mail server (RFC 5321) as one session without TLS needs. `refuse` answers some commands otherwise. */
async function startFakeMailServer(refuse: (command: string) => string | undefined = () => undefined) {
  const mails: string[] = [];
  const commands: string[] = [];
  const server = createServer((socket) => {
    let buffer = '';
    let isMail = false;
    const say = (line: string) => socket.write(`${line}\r\n`);
    say('220 fake ready');
    const onLine = (line: string) => {
      commands.push(line);
      const refusal = refuse(line);
      if (refusal === 'silence') return;
      if (refusal !== undefined) say(refusal);
      else if (line.startsWith('EHLO')) socket.write('250-fake\r\n250 AUTH PLAIN\r\n');
      else if (line.startsWith('AUTH')) say('235 welcome');
      else if (line === 'DATA') {
        isMail = true;
        say('354 go on');
      } else if (line === 'QUIT') socket.end('221 bye\r\n');
      else say('250 ok');
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      buffer += String(chunk);
      for (;;) {
        const end = isMail ? buffer.indexOf('\r\n.\r\n') : buffer.indexOf('\r\n');
        if (end === -1) return;
        const part = buffer.slice(0, end);
        buffer = buffer.slice(end + (isMail ? 5 : 2));
        if (isMail) {
          isMail = false;
          mails.push(part);
          say('250 taken');
        } else onLine(part);
      }
    });
    stops.push(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close());
  return { mails, commands, port: (server.address() as AddressInfo).port };
}

const open = (config: Record<string, unknown>) =>
  openSmtp({
    id: 'mail',
    name: 'Mail',
    type: 'smtp',
    config: { host: '127.0.0.1', from: 'Sluice <alerts@example.com>', ...config },
    secrets: { password: 's3cret' },
  });
const never = () => new AbortController().signal;
const mail = { to: 'ann@example.com, bob@example.com', subject: 'Too warm', text: 'It has -8 °C.' };

it('sends a mail to all, signed in', async () => {
  const { mails, commands, port } = await startFakeMailServer();
  await open({ port, username: 'sluice' }).send(mail, never());
  expect(commands).toContain('RCPT TO:<ann@example.com>');
  expect(commands).toContain('RCPT TO:<bob@example.com>');
  expect(commands).toContain(`AUTH PLAIN ${Buffer.from('\0sluice\0s3cret').toString('base64')}`);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toContain('From: Sluice <alerts@example.com>');
  expect(mails[0]).toContain('Subject: Too warm');
});

it.each([
  ['AUTH', '535 no', { username: 'sluice' }, /refuses the sign-in\. Check user name and password/],
  ['MAIL', '550 not you', {}, /does not take the mail: 550 not you/],
  ['RCPT TO:<bob', '550 unknown', {}, /does not take mail for bob@example\.com\.$/],
])('[EN7] a server that refuses %s fails with a sentence', async (command, answer, config, sentence) => {
  const { port } = await startFakeMailServer((line) => (line.startsWith(command) ? answer : undefined));
  const failed = open({ port, ...config }).send(mail, never());
  await expect(failed).rejects.toThrow(sentence);
  await expect(failed).rejects.not.toThrow('s3cret');
});

it.each([
  ['AUTH', '535 no', false],
  ['AUTH', '454 try later', true],
  ['MAIL', '550 not you', false],
  ['MAIL', '451 grey-listed', true],
  ['RCPT', '550 unknown', false],
  ['RCPT', '450 busy', true],
  ['RCPT TO:<bob', '450 busy', false],
  ['DATA', '452 no room', true],
  ['DATA', '554 spam', false],
])('[EN8] whether %s refused with %s may pass: %s', async (command, answer, mayPass) => {
  const { port } = await startFakeMailServer((line) => (line.startsWith(command) ? answer : undefined));
  const error: unknown = await open({ port, username: 'sluice' })
    .send(mail, never())
    .catch((failed: unknown) => failed);
  expect(String(error)).toContain(command === 'RCPT TO:<bob' ? 'bob@example.com' : 'The mail server');
  expect(isTransient(error)).toBe(mayPass);
});

it('[EN8] a server that is not there may be back', async () => {
  const error: unknown = await open({ port: 1 })
    .send(mail, never())
    .catch((failed: unknown) => failed);
  expect(isTransient(error)).toBe(true);
});

it('a server that is not there fails with its name', async () => {
  await expect(open({ port: 1 }).send(mail, never())).rejects.toThrow(
    /^The mail server 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/,
  );
});

it('a server that says nothing fails when it is given up', async () => {
  const { port } = await startFakeMailServer(() => 'silence');
  const given = new AbortController();
  const failed = open({ port }).send(mail, given.signal);
  given.abort();
  await expect(failed).rejects.toThrow('did not take the mail in time.');
});

it.each([{ host: '' }, { port: 0 }, { from: '' }])(
  'settings that make no sense get a sentence (%j)',
  (config) => {
    expect(() => open(config)).toThrow(/^The connection “Mail” needs the name of a mail server/);
  },
);
