// Calls this node. Every failure is an ApiError: `status` 0 means that no answer came.

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const SILENCE_MILLIS_MAX = 15000;

async function call(method, path, headers = {}, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body,
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(SILENCE_MILLIS_MAX),
    });
  } catch (failure) {
    throw new ApiError(0, 'This node does not answer.');
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new ApiError(response.status, answer.error || answer.reason || `Status ${response.status}`);
  }
  return answer;
}

export const status = () => call('GET', 'api/status');
export const session = () => call('GET', 'api/session');
export const health = () => call('GET', 'healthz');

export const login = (password) =>
  call('POST', 'api/login', { 'Content-Type': 'application/json' }, JSON.stringify({ password }));

export const command = (name, csrf, parameters = {}) =>
  call('POST', `api/${name}?${new URLSearchParams(parameters)}`, { 'X-CSRF-Token': csrf });
