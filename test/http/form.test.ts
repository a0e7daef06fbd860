import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { HttpError } from '../../src/http/errors.js';
import { readForm } from '../../src/http/form.js';

/** What a server makes of each form that comes. */
interface Outcome {
  readonly fields?: Record<string, string>;
  readonly file?: { readonly field: string; readonly fileName?: string; readonly bytes: number } | null;
  readonly status?: number;
}

const outcomes: ((outcome: Outcome) => void)[] = [];
const server = createServer((request, response) => {
  const read = async (): Promise<Outcome> => {
    const { fields, file } = await readForm(request, (field) => field === 'file');
    let bytes = 0;
    for await (const chunk of file?.content ?? []) bytes += chunk.byteLength;
    return { fields: Object.fromEntries(fields), file: file && { field: file.field, fileName: file.fileName, bytes } };
  };
  void read()
    .catch((error: unknown): Outcome => ({ status: error instanceof HttpError ? error.status : 500 }))
    .then((outcome) => {
      outcomes.shift()?.(outcome);
      response.end(JSON.stringify(outcome));
    });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
afterAll(() => server.close());

async function send(body: string, type = 'multipart/form-data; boundary=b'): Promise<Outcome> {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body,
  });
  return (await response.json()) as Outcome;
}

const part = (disposition: string, content: string, ...headers: readonly string[]) =>
  `--b\r\n${[`Content-Disposition: form-data; ${disposition}`, ...headers].join('\r\n')}\r\n\r\n${content}\r\n`;

describe('readForm', () => {
  it.each([
    ['a browser', 'name="file"; filename="x.png"', 'x.png'],
    ['names without quotes', 'name=file; filename=x.png', 'x.png'],
    ['an encoded name, which wins', `name="file"; filename="e.png"; filename*=UTF-8''%C3%A9.png`, 'é.png'],
    ['the file name first', 'filename="x.png"; name="file"', 'x.png'],
    ['no spaces', 'name="file";filename="x.png"', 'x.png'],
    ['a parameter nobody knows', 'name="file"; filename="x.png"; size=7', 'x.png'],
    ['a name in UTF-8', 'name="file"; filename="é😀.png"', 'é😀.png'],
    ['an escaped quote', 'name="file"; filename="a\\"b.png"', 'a"b.png'],
    ['a semicolon in the name', 'name="file"; filename="a;b.png"', 'a;b.png'],
  ])('reads a file as sent with %s', async (_, disposition, fileName) => {
    const body = `A preamble.\r\n${part(disposition, '1234567', 'Content-Type: image/png')}--b--\r\nAn epilogue.`;
    expect(await send(body)).toEqual({ fields: {}, file: { field: 'file', fileName, bytes: 7 } });
  });

  it('reads fields before the file, skips other files and leaves what comes after', async () => {
    const parts = [
      part('name="one"', '1'),
      part('name="other"; filename="o"', 'xx'),
      part('name="file"; filename="f"', 'yyy'),
      part('name="two"', '2'),
    ];
    expect(await send(`${parts.join('')}--b--\r\n`)).toEqual({
      fields: { one: '1' },
      file: { field: 'file', fileName: 'f', bytes: 3 },
    });
  });

  it('has no file where no part is one', async () => {
    expect(await send(`${part('name="file"', 'text')}--b--\r\n`)).toEqual({ fields: { file: 'text' }, file: null });
  });

  it.each([
    ['no boundary', 'multipart/form-data', 'x'],
    ['another boundary', 'multipart/form-data; boundary=c', `${part('name="file"; filename="f"', 'y')}--b--\r\n`],
    ['no end', 'multipart/form-data; boundary=b', part('name="file"; filename="f"', 'y')],
    [
      'an end within a field',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nxx',
    ],
    ['nothing', 'multipart/form-data; boundary=b', ''],
    ['headers that are none', 'multipart/form-data; boundary=b', '--b\r\n\0\0\r\n\r\nx\r\n--b--\r\n'],
    [
      'too many parts',
      'multipart/form-data; boundary=b',
      `${part('name="a"; filename="a"', 'y').repeat(150)}--b--\r\n`,
    ],
    [
      'a field that is too long',
      'multipart/form-data; boundary=b',
      `${part('name="a"', 'y'.repeat(300_000))}--b--\r\n`,
    ],
  ])('answers 400 to a form with %s', async (_, type, body) => {
    expect(await send(body, type)).toEqual({ status: 400 });
  });

  it.each(['before its file', 'within its file'])('fails where the client goes away %s', async (where) => {
    const outcome = new Promise<Outcome>((resolve) => outcomes.push(resolve));
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const begun = where === 'within its file' ? part('name="file"; filename="f"', 'yyyy') : '--b\r\nContent-Disp';
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9999\r\n\r\n${begun}`,
    );
    await once(server, 'request').catch(() => undefined);
    socket.destroy();
    expect(await outcome).toEqual({ status: 400 });
  });
});
