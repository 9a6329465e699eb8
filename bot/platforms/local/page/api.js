// The server's interface. Every act of a person has a key of its own, so an act that is repeated
// because the network failed still happens once.

export class Problem extends Error {
  constructor(text, status) {
    super(text);
    this.status = status;
  }
}

const PAUSES = [300, 1000, 3000];
const UNREACHABLE = "Staffroom does not answer. Is it still running? What you typed is kept.";

export const newKey = () => crypto.randomUUID();

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Problem(UNREACHABLE, 0);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(body.problem || `This did not work (${response.status}).`, response.status);
  return body;
}

export const get = (path, query) => call(`${path}?${new URLSearchParams(query)}`, {});

export async function post(path, body) {
  const options = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  for (const pause of PAUSES) {
    try {
      return await call(path, options);
    } catch (problem) {
      if (problem.status !== 0) throw problem;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return call(path, options);
}
