/* global prompt, sessionStorage, YogaGraphiQL */
// Before the playground's own start where the server wants API keys: asks for one, once, and sends it with every request
// and on every socket. It is forgotten with the browser's tab, or when the server does not take it. A header
// "Authorization" in the Headers tab goes before it on HTTP.
const KEY = 'easel.key';

function authorization() {
  const key = sessionStorage.getItem(KEY) ?? prompt('API key of this server (easel_...)')?.trim();
  if (!key) return {};
  sessionStorage.setItem(KEY, key);
  return { authorization: `Bearer ${key}` };
}

const plainFetch = globalThis.fetch;
globalThis.fetch = async (...request) => {
  const response = await plainFetch(...request);
  if (response.status === 401) sessionStorage.removeItem(KEY);
  return response;
};

globalThis.renderWithKey = (root, options) => {
  YogaGraphiQL.renderYogaGraphiQL(root, {
    ...options,
    additionalHeaders: authorization,
    connectionParams: authorization,
  });
};
