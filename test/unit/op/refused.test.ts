import { describe, expect, test } from 'vitest';
import { shop } from '../../../functions/shop.ts';
import { SetupError } from '../../../infra/local/processes/setup-error.ts';
import { table } from '../../../infra/op/text/table.ts';
import { counts, FAILING, open, timeline } from './orders.ts';
import { LOCAL, problem, said } from './said.ts';

/** Goal: what cannot be done is said in one line, and changes nothing. Method: an API that refuses, or is none. */
const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:3000'), { code: 'ECONNREFUSED' });
const silent = new DOMException('The operation was aborted due to timeout', 'TimeoutError');

describe('the API refuses', () => {
  test.each([
    [
      {
        ...problem(401, 'unauthorized', 'No valid token', 'Send one.'),
        headers: { 'www-authenticate': 'Bearer' },
      },
      'No valid token: Send one.',
    ],
    [
      problem(403, 'forbidden', 'This role may not do that', 'It is for support.'),
      'This role may not do that: It is for support.',
    ],
    [problem(404, 'not-found', 'Not found', 'There is none.'), 'Not found: There is none.'],
    [
      problem(422, 'invalid-content', 'The content is not valid', 'See errors.', {
        errors: [{ pointer: '/reason', detail: 'must not have the number of a card in it' }],
      }),
      'The content is not valid: See errors. · /reason must not have the number of a card in it',
    ],
    [
      problem(409, 'conflict', 'The order has moved on', 'It has ended.\n\u001b[31mred'),
      'The order has moved on: It has ended.\\u{a}\\u{1b}[31mred',
    ],
    [
      new TypeError('fetch failed', { cause }),
      `${LOCAL} does not answer: connect ECONNREFUSED 127.0.0.1:3000`,
    ],
    [silent, `${LOCAL} has not answered within 40 s.`],
    [{ status: 502, body: '{"message":"Bad gateway"}', foreign: true }, `${LOCAL} answers 502, and not why.`],
    [{ body: '<html>', foreign: true }, `${LOCAL} answers what is no JSON. Is it another API?`],
    [
      { body: '<html>', headers: { 'content-type': 'text/html' }, foreign: true },
      `${LOCAL} answers 200, but not as this API does. Is it another one?`,
    ],
  ] as const)('%j', async (answer, complaint) => {
    const { complaints, lines, exitCode } = await said(['nudge', FAILING, '--reason', 'x'], {
      answers: [answer],
    });
    expect({ complaints, lines, exitCode }).toEqual({ complaints: [complaint], lines: [], exitCode: 1 });
  });
});

describe('text of others reaches the terminal as text', () => {
  const evil = '\u001b]0;owned\u0007\u009b2J\u202e\r\nok \u{e0041}';
  const shown = '\\u{1b}]0;owned\\u{7}\\u{9b}2J\\u{202e}\\u{d}\\u{a}ok';
  const bad = {
    ...timeline,
    entries: [{ ...timeline.entries[0], at: '2026-11-30T11:58:00.000Z', service: 'order', cause: evil }],
  };
  const obeyed = /[\p{Cc}\p{Cf}]/u;

  test.each([20, 80, 200])('in %i columns', async (columns) => {
    const { lines } = await said(['show', FAILING], { answers: [{ body: bad }], columns });
    for (const line of lines) expect(line).not.toMatch(obeyed);
    if (columns === 200) expect(lines.at(-1)).toContain(shown);
  });

  test('as JSON it is the same document', async () => {
    const { lines, text } = await said(['show', FAILING, '--json'], { answers: [{ body: bad }] });
    for (const line of lines) expect(line).not.toMatch(obeyed);
    expect(JSON.parse(text)).toEqual(bad);
  });

  test('what the caller says is shown so, too', async () => {
    const { complaints } = await said([`\u001b[2J`]);
    expect(complaints.join()).not.toMatch(obeyed);
  });

  test('what is shown by its number has the width of that', () => {
    expect(
      table(
        ['a', 'b'],
        [
          ['\u001b', 'x'],
          ['y', 'z'],
        ],
        80,
      ),
    ).toEqual(['a       b', '──────  ─', '\\u{1b}  x', 'y       z']);
  });

  test('wide letters take two columns', async () => {
    const wide = {
      ...bad,
      entries: [{ at: '2026-11-30T11:58:00.000Z', service: 'order', cause: '返金'.repeat(40) }],
    };
    const { lines } = await said(['show', FAILING], { answers: [{ body: wide }], columns: 80 });
    for (const line of lines)
      expect(line.replaceAll(/\p{Script=Han}/gu, 'xx').length).toBeLessThanOrEqual(80);
  });
});

describe('a command that cannot be meant so', () => {
  test.each([
    [
      ['sagas', '--service', 'nobody'],
      `There is no service "nobody". There are ${shop.services.join(', ')}.`,
    ],
    [['sagas', '--limit', '0'], '--limit is a number from 1 to 99999.'],
    [['dead-letters', 'x'], `There is no service "x". There are ${shop.services.join(', ')}.`],
    [['redrive', 'payment'], 'Say why with --reason, or try it with --dry-run.'],
    [['nudge', FAILING], 'Say why with --reason, or try it with --dry-run.'],
    [['cancel', FAILING], "required option '--reason <reason>' not specified"],
    [['discard', 'payment', '--reason', 'x'], "missing required argument 'ids'"],
    [
      ['discard', 'payment', 'a:b', '0'.repeat(32), '--reason', 'x'],
      'Name dead letters by their ids or by their digests, one kind in a command.',
    ],
    [['show'], "missing required argument 'id'"],
  ])('%j is refused in one line', async (args, complaint) => {
    const { complaints, exitCode, asked } = await said(args);
    expect([complaints, exitCode, asked]).toEqual([[complaint], 2, []]);
  });
});

describe('which system', () => {
  const answers = [{ body: counts }, { body: open }];
  const API = 'https://api.example.com/prod';

  test.each([
    [['sagas', '--url', `${API}/`], { ORDER_SAGA_TOKEN: 'abc.d-_\n' }],
    [['sagas'], { ORDER_SAGA_TOKEN: 'abc.d-_', ORDER_SAGA_URL: API }],
  ])('%j asks the API that it names, with the token of the environment', async (args, shell) => {
    const { asked, exitCode } = await said(args, { answers, shell });
    expect(asked[0]).toMatchObject({ call: `GET ${API}/sagas/counts`, token: 'Bearer abc.d-_' });
    expect(exitCode).toBe(0);
  });

  test.each([
    [['sagas', '--url', API], {}, 'Set ORDER_SAGA_TOKEN'],
    [['sagas', '--url', API], { ORDER_SAGA_TOKEN: 'se\ncret' }, 'ORDER_SAGA_TOKEN is not a token.'],
    [['sagas', '--url', 'http://api.example.com'], { ORDER_SAGA_TOKEN: 'x' }, 'use https'],
    [['sagas', '--url', 'https://u:secret@api.example.com'], { ORDER_SAGA_TOKEN: 'x' }, 'The URL has to be'],
    [['sagas', '--url', 'prod'], { ORDER_SAGA_TOKEN: 'x' }, 'The URL has to be'],
    [['sagas', '--stage', 'prod'], {}, 'asks the HTTP API'],
    [['retain', '--url', API, '--stage', 'prod'], {}, 'invokes a function'],
    [['retain'], { ORDER_SAGA_URL: API }, 'invokes a function'],
  ])('%j with %j is refused', async (args, shell, complaint) => {
    const refused = said(args, { answers, shell });
    await expect(refused).rejects.toThrow(SetupError);
    await expect(refused).rejects.toThrow(complaint);
    await expect(refused).rejects.not.toThrow(/cret/);
  });

  test('a function of a stage is invoked, whatever API the environment names', async () => {
    const functions = [{ forgotten: 0, open: 0, failed: 0, more: false }];
    const { invoked } = await said(['retain', '--stage', 'prod'], {
      functions,
      shell: { ORDER_SAGA_URL: API },
    });
    expect(invoked).toEqual([['prod', 'retain', { dryRun: false }]]);
  });
});
