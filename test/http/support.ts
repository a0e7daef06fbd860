import { request } from 'node:http';

export const FRIEND = 'https://app.example.com';

export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly field: string | null };
}

/** Status and error code of a refused request. */
export async function refusal(response: Response): Promise<[number, string, string | null]> {
  const { error } = (await response.json()) as ErrorBody;
  return [response.status, error.code, error.field];
}

/** Sends a request with headers that fetch does not allow, and without those that fetch adds. */
export async function get(url: string, headers: Record<string, string> = {}, method = 'GET') {
  return await new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      request(url, { method, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      })
        .on('error', reject)
        .end();
    },
  );
}
