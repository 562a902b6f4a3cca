/** What can go wrong on the way to the data, in two kinds: the server says no, or there is no answer. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export class NetworkError extends Error {
  constructor(url: string) {
    super(`The server does not answer (${url}).`);
    this.name = "NetworkError";
  }
}
