/** Why a control does not do what it was asked to, as an answer says it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly title: string;

  constructor(status: 404 | 409 | 413 | 415 | 422 | 502 | 503, title: string, detail: string) {
    super(detail);
    this.status = status;
    this.title = title;
  }
}
