// Calls of the API: JSON in and out, and errors that name a field.
import { heard } from "./clock.js";
import { api } from "./place.js";
import { makeStore } from "./store.js";

// Set when the server refused a call for want of a token; the shell then asks for one.
export const refused = makeStore(false);

export class ApiError extends Error {
  constructor(status, error) {
    super(error?.message ?? `The server answered with status ${status}.`);
    this.status = status;
    this.code = error?.code ?? "";
    this.details = error?.details ?? {};
    this.field = this.details.field ?? null;
  }
}

// No answer at all: the network, or the server is away.
export class Unreachable extends Error {
  constructor() {
    super("The server does not answer.");
  }
}

export async function send(method, path, { body, headers = {}, signal } = {}) {
  const options = { method, headers: { Accept: "application/json", ...headers }, signal, credentials: "same-origin" };
  if (body !== undefined) {
    options.body = typeof body === "string" ? body : JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  let response;
  try {
    response = await fetch(api(path), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  heard(response);
  if (response.status === 401) refused.set(true);
  if (!response.ok) throw await failure(response);
  return response;
}

async function failure(response) {
  const text = await response.text();
  try {
    return new ApiError(response.status, JSON.parse(text).error);
  } catch {
    return new ApiError(response.status, null); // a proxy's page
  }
}

export async function call(method, path, options) {
  const response = await send(method, path, options);
  return response.status === 204 ? null : response.json();
}

export const get = (path, options) => call("GET", path, options);

// The query of a path, without what is empty; a list is repeated.
export function query(fields) {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((each) => each !== null && each !== undefined && each !== "")
      .map((each) => [name, each]),
  );
  const text = new URLSearchParams(pairs).toString();
  return text ? `?${text}` : "";
}
