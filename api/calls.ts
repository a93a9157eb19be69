// Written by `npm run specs`. What each call takes, and answers by status.

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status?: number;
  readonly detail: string;
  readonly errors?: readonly ({
    readonly pointer: string;
    readonly detail: string;
  })[];
};

export type Order = {
  readonly orderId: string;
  readonly status: "PENDING" | "CONFIRMED" | "CANCELLING" | "CANCELLED";
  readonly reason?: {
    readonly code: string;
  } & { readonly [name: string]: unknown };
  readonly waitingFor?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly items?: readonly (Line)[];
  readonly totalMinor?: number;
  readonly currency?: string;
};

export type Line = {
  readonly sku: string;
  readonly quantity: number;
};

export type OrderPage = {
  readonly items: readonly (Order)[];
  readonly cursor?: string;
};

export type Product = {
  readonly sku: string;
  readonly available?: number;
  readonly unitPriceMinor: number;
  readonly currency: string;
  readonly stocktakenAt?: string;
  readonly availability: "OUT_OF_STOCK" | "LOW" | "IN_STOCK";
};

export type ProductPage = {
  readonly items: readonly (Product)[];
  readonly cursor?: string;
};

export type Stock = {
  readonly sku: string;
  readonly available: number;
  readonly unitPriceMinor: number;
  readonly currency: string;
  readonly stocktakenAt: string;
};

export type PricedLine = {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
};

export type History = readonly ({
  readonly at: string;
  readonly status: string;
  readonly because: string;
})[];

export type AuditPage = {
  readonly items: readonly ({
    readonly at: string;
    readonly by: string;
    readonly role: string;
    readonly act: string;
    readonly about: readonly (string)[];
    readonly before?: { readonly [name: string]: string | number };
    readonly after?: { readonly [name: string]: string | number };
    readonly reason?: string;
    readonly requestId?: string;
  })[];
  readonly cursor?: string;
};

export type DeadLetters = {
  readonly items: readonly ({
    readonly messageId?: string;
    readonly digest: string;
    readonly type?: string;
    readonly orderId?: string;
    readonly reason: string;
    readonly lastError?: string;
    readonly attempts: number;
    readonly bytes: number;
    readonly body: string;
  })[];
  readonly more: boolean;
  readonly cursor?: string;
  readonly isWhole: boolean;
};

export type Redriven = {
  readonly dryRun: boolean;
  readonly redriven: number;
  readonly items: readonly ({
    readonly messageId?: string;
    readonly digest: string;
    readonly type?: string;
    readonly orderId?: string;
    readonly would: "stay" | "tell" | "ignore" | "apply" | "repeat" | "resume";
    readonly reason?: string;
    readonly status?: string;
    readonly publishes?: readonly (string)[];
    readonly moved: boolean;
  })[];
  readonly more: boolean;
  readonly cursor?: string;
  readonly isWhole: boolean;
};

export type Discarded = {
  readonly dryRun: boolean;
  readonly discarded: number;
  readonly items: readonly ({
    readonly messageId?: string;
    readonly digest: string;
    readonly type?: string;
    readonly orderId?: string;
    readonly reason: string;
    readonly discarded: boolean;
  })[];
  readonly more: boolean;
  readonly cursor?: string;
  readonly isWhole: boolean;
};

export type Timeline = {
  readonly orderId: string;
  readonly status: string;
  readonly reason?: {
    readonly code: string;
  } & { readonly [name: string]: unknown };
  readonly waitingFor?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly deadline?: string;
  readonly deadlineInSeconds?: number;
  readonly nextNudge?: string;
  readonly waitsOn?: readonly ({
    readonly service: string;
    readonly toHear?: readonly (string)[];
    readonly toSay?: readonly (string)[];
  })[];
  readonly participants: readonly ({
    readonly service: string;
    readonly status?: string;
    readonly since?: string;
    readonly waitingFor?: string;
    readonly lastError?: string;
    readonly failedAt?: string;
    readonly cause?: string;
    readonly attempts?: number;
    readonly nextTry?: string;
    readonly isDeadLetter?: boolean;
  } & { readonly [name: string]: unknown })[];
  readonly entries: readonly ({
    readonly at: string;
    readonly service: string;
    readonly status?: string;
    readonly cause: string;
    readonly error?: string;
  })[];
};

export type OpenPage = {
  readonly items: readonly ({
    readonly orderId: string;
    readonly status: string;
    readonly reason?: {
      readonly code: string;
    } & { readonly [name: string]: unknown };
    readonly waitingFor?: string;
    readonly createdAt?: string;
    readonly updatedAt?: string;
    readonly deadline?: string;
    readonly deadlineInSeconds?: number;
    readonly nextNudge?: string;
    readonly waitsOn?: readonly ({
      readonly service: string;
      readonly toHear?: readonly (string)[];
      readonly toSay?: readonly (string)[];
    })[];
    readonly ageSeconds: number;
    readonly troubles?: readonly ({
      readonly service: string;
      readonly lastError?: string;
      readonly failedAt?: string;
      readonly cause?: string;
      readonly attempts?: number;
      readonly nextTry?: string;
      readonly isDeadLetter?: boolean;
    })[];
    readonly lastError?: string;
  })[];
  readonly cursor?: string;
};

export type Counts = {
  readonly at: string;
  readonly total: number;
  readonly oldest?: string;
  readonly counts: readonly ({
    readonly status: string;
    readonly olderThan: string;
    readonly youngerThan?: string;
    readonly count: number;
  })[];
  readonly isWhole: boolean;
};

export type EndedPage = {
  readonly items: readonly ({
    readonly orderId: string;
    readonly status: string;
    readonly reason?: {
      readonly code: string;
    } & { readonly [name: string]: unknown };
    readonly createdAt: string;
    readonly endedAt: string;
    readonly lastError?: string;
  })[];
  readonly cursor?: string;
};

export type EndCounts = {
  readonly day: string;
  readonly total: number;
  readonly counts: readonly ({
    readonly from: string;
    readonly status: string;
    readonly count: number;
  })[];
  readonly isWhole: boolean;
};

export type Found = {
  readonly orderId: string;
  readonly status: string;
  readonly reason?: {
    readonly code: string;
  } & { readonly [name: string]: unknown };
  readonly waitingFor?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly deadline?: string;
  readonly deadlineInSeconds?: number;
  readonly foundBy: string;
  readonly timeline: string;
};

export type Reservation = {
  readonly orderId: string;
  readonly status: "RESERVED";
  readonly lines: readonly (PricedLine)[];
  readonly totalMinor: number;
  readonly currency: string;
  readonly updatedAt: string;
  readonly history: History;
} | {
  readonly orderId: string;
  readonly status: "REJECTED";
  readonly rejection: {
    readonly code: "OUT_OF_STOCK" | "QUANTITY_LIMIT" | "UNKNOWN_SKU" | "MIXED_CURRENCIES" | "AMOUNT_TOO_LARGE";
    readonly skus?: readonly (string)[];
  };
  readonly updatedAt: string;
  readonly history: History;
} | {
  readonly orderId: string;
  readonly status: "RELEASED";
  readonly lines: readonly (Line)[];
  readonly updatedAt: string;
  readonly history: History;
};

export type Payment = {
  readonly orderId: string;
  readonly status: "CHARGING" | "VOIDING";
  readonly lines?: readonly (PricedLine)[];
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentMethod?: string;
  readonly paymentIntentId: string;
  readonly updatedAt: string;
  readonly history: History;
} | {
  readonly orderId: string;
  readonly lines?: readonly (PricedLine)[];
  readonly amountMinor?: number;
  readonly currency?: string;
  readonly status: "CAPTURED";
  readonly paymentIntentId: string;
  readonly observed?: {
    readonly refundedMinor: number;
    readonly disputes: readonly ({
      readonly id: string;
      readonly status: string;
      readonly reason: string;
      readonly amountMinor: number;
    })[];
  };
  readonly updatedAt: string;
  readonly history: History;
} | {
  readonly orderId: string;
  readonly lines?: readonly (PricedLine)[];
  readonly amountMinor?: number;
  readonly currency?: string;
  readonly status: "REFUNDING";
  readonly paymentIntentId: string;
  readonly refundId?: string;
  readonly refusal?: {
    readonly decline: {
      readonly code: string;
      readonly declineCode?: string;
      readonly message: string;
    };
  };
  readonly impasse?: {
    readonly waitingFor: "person";
    readonly reason: string;
  };
  readonly updatedAt: string;
  readonly history: History;
} | {
  readonly orderId: string;
  readonly lines?: readonly (PricedLine)[];
  readonly amountMinor?: number;
  readonly currency?: string;
  readonly status: "REFUNDED";
  readonly paymentIntentId: string;
  readonly refundId: string;
  readonly updatedAt: string;
  readonly history: History;
} | {
  readonly orderId: string;
  readonly lines?: readonly (PricedLine)[];
  readonly amountMinor?: number;
  readonly currency?: string;
  readonly status: "DECLINED";
  readonly decline?: {
    readonly code: string;
    readonly declineCode?: string;
    readonly message: string;
  };
  readonly revoked?: {
    readonly customerId?: string;
    readonly lines?: readonly (PricedLine)[];
    readonly amountMinor?: number;
    readonly currency?: string;
    readonly paymentIntentId?: string;
    readonly refundId?: string;
  };
  readonly updatedAt: string;
  readonly history: History;
} | {
  readonly orderId: string;
  readonly status: "VOIDED";
  readonly updatedAt: string;
  readonly history: History;
} | {
  readonly orderId: string;
  readonly status: "WAITING";
  readonly updatedAt: string;
  readonly history: History;
} | {
  readonly orderId: string;
  readonly status: "AWAITING_CUSTOMER";
  readonly lines?: readonly (PricedLine)[];
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentMethod?: string;
  readonly paymentIntentId: string;
  readonly action?: {
    readonly clientSecret: string;
    readonly call: string;
  };
  readonly updatedAt: string;
  readonly history: History;
} | {
  readonly orderId: string;
  readonly lines?: readonly (PricedLine)[];
  readonly amountMinor?: number;
  readonly currency?: string;
  readonly status: "RESOLVED";
  readonly paymentIntentId: string;
  readonly refundId?: string;
  readonly resolution?: {
    readonly by: string;
    readonly reason: string;
    readonly proof: string;
  };
  readonly refusal?: {
    readonly decline: {
      readonly code: string;
      readonly declineCode?: string;
      readonly message: string;
    };
  };
  readonly updatedAt: string;
  readonly history: History;
};

export interface Calls {
  readonly 'GET /health': {
    readonly path: {};
    readonly query: {};
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: {
        readonly status: "ok";
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /openapi.json': {
    readonly path: {};
    readonly query: {};
    readonly headers: { readonly 'If-None-Match'?: string; };
    readonly body?: undefined;
    readonly answers: {
      readonly 200: {
        readonly openapi: string;
      } & { readonly [name: string]: unknown };
      readonly 304: undefined;
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /asyncapi.json': {
    readonly path: {};
    readonly query: {};
    readonly headers: { readonly 'If-None-Match'?: string; };
    readonly body?: undefined;
    readonly answers: {
      readonly 200: {
        readonly asyncapi: string;
      } & { readonly [name: string]: unknown };
      readonly 304: undefined;
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /docs': {
    readonly path: {};
    readonly query: {};
    readonly headers: { readonly 'If-None-Match'?: string; };
    readonly body?: undefined;
    readonly answers: {
      readonly 200: string;
      readonly 304: undefined;
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'PUT /stock/{sku}': {
    readonly path: { readonly sku: string; };
    readonly query: {};
    readonly headers: {};
    readonly body: {
      readonly available: number;
      readonly unitPriceMinor: number;
      readonly currency: string;
      readonly reason: string;
    };
    readonly answers: {
      readonly 200: Stock;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /stock/{sku}': {
    readonly path: { readonly sku: string; };
    readonly query: {};
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: Product;
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /stock/{sku}/receipts': {
    readonly path: { readonly sku: string; };
    readonly query: {};
    readonly headers: { readonly 'Idempotency-Key': string; };
    readonly body: {
      readonly quantity: number;
      readonly reason?: string;
    };
    readonly answers: {
      readonly 200: Stock;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request" | "urn:order-saga:problem:idempotency-key-malformed" | "urn:order-saga:problem:idempotency-key-missing";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:idempotency-key-reused" | "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /stock': {
    readonly path: {};
    readonly query: { readonly cursor?: string; readonly limit?: number; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: ProductPage;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /webhooks/stripe': {
    readonly path: {};
    readonly query: {};
    readonly headers: { readonly 'Stripe-Signature': string; };
    readonly body?: undefined;
    readonly answers: {
      readonly 200: {
        readonly outcome: string;
      };
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /orders/{orderId}/timeline': {
    readonly path: { readonly orderId: string; };
    readonly query: {};
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: Timeline;
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /sagas': {
    readonly path: {};
    readonly query: { readonly status?: "PENDING" | "CANCELLING"; readonly olderThan?: string; readonly reason?: string; readonly service?: "order" | "inventory" | "payment"; readonly cursor?: string; readonly limit?: number; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: OpenPage;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /sagas/counts': {
    readonly path: {};
    readonly query: {};
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: Counts;
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /sagas/ended': {
    readonly path: {};
    readonly query: { readonly day: string; readonly status?: "CONFIRMED" | "CANCELLED"; readonly reason?: string; readonly cursor?: string; readonly limit?: number; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: EndedPage;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /sagas/ended/counts': {
    readonly path: {};
    readonly query: { readonly day: string; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: EndCounts;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /lookup': {
    readonly path: {};
    readonly query: { readonly id?: string; readonly idempotencyKey?: string; readonly customerId?: string; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: Found;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /orders': {
    readonly path: {};
    readonly query: {};
    readonly headers: { readonly 'Idempotency-Key': string; };
    readonly body: {
      readonly items: readonly ({
        readonly sku: string;
        readonly quantity: number;
      })[];
      readonly paymentMethod: string;
    };
    readonly answers: {
      readonly 200: Order;
      readonly 202: Order;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request" | "urn:order-saga:problem:idempotency-key-malformed" | "urn:order-saga:problem:idempotency-key-missing";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:idempotency-key-reused" | "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:paused" | "urn:order-saga:problem:too-many-open" | "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:busy" | "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /orders': {
    readonly path: {};
    readonly query: { readonly cursor?: string; readonly limit?: number; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: OrderPage;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /orders/{orderId}': {
    readonly path: { readonly orderId: string; };
    readonly query: {};
    readonly headers: { readonly Prefer?: string; readonly 'If-None-Match'?: string; };
    readonly body?: undefined;
    readonly answers: {
      readonly 200: Order;
      readonly 304: undefined;
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /orders/{orderId}/cancel': {
    readonly path: { readonly orderId: string; };
    readonly query: {};
    readonly headers: {};
    readonly body?: {
      readonly reason: string;
    };
    readonly answers: {
      readonly 200: Order;
      readonly 202: Order;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 409: Problem & {
        readonly type: "urn:order-saga:problem:conflict";
        readonly status: 409;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /orders/{orderId}/nudge': {
    readonly path: { readonly orderId: string; };
    readonly query: {};
    readonly headers: {};
    readonly body: {
      readonly dryRun?: boolean;
      readonly reason?: string;
    };
    readonly answers: {
      readonly 200: {
        readonly orderId: string;
        readonly status: "PENDING" | "CONFIRMED" | "CANCELLING" | "CANCELLED";
        readonly reason?: {
          readonly code: string;
        } & { readonly [name: string]: unknown };
        readonly waitingFor?: string;
        readonly createdAt?: string;
        readonly updatedAt?: string;
        readonly items?: readonly (Line)[];
        readonly totalMinor?: number;
        readonly currency?: string;
        readonly dryRun: boolean;
        readonly says: readonly (string)[];
      };
      readonly 202: {
        readonly orderId: string;
        readonly status: "PENDING" | "CONFIRMED" | "CANCELLING" | "CANCELLED";
        readonly reason?: {
          readonly code: string;
        } & { readonly [name: string]: unknown };
        readonly waitingFor?: string;
        readonly createdAt?: string;
        readonly updatedAt?: string;
        readonly items?: readonly (Line)[];
        readonly totalMinor?: number;
        readonly currency?: string;
        readonly dryRun: boolean;
        readonly says: readonly (string)[];
      };
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 409: Problem & {
        readonly type: "urn:order-saga:problem:conflict";
        readonly status: 409;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /dead-letters/order': {
    readonly path: {};
    readonly query: { readonly limit?: number; readonly cursor?: string; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: DeadLetters;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /dead-letters/order/redrive': {
    readonly path: {};
    readonly query: {};
    readonly headers: {};
    readonly body: {
      readonly dryRun?: boolean;
      readonly reason?: string;
      readonly messageIds?: readonly (string)[];
      readonly digests?: readonly (string)[];
      readonly type?: string;
      readonly reasonIncludes?: string;
      readonly first?: number;
      readonly cursor?: string;
    };
    readonly answers: {
      readonly 200: Redriven;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /dead-letters/order/discard': {
    readonly path: {};
    readonly query: {};
    readonly headers: {};
    readonly body: {
      readonly dryRun?: boolean;
      readonly reason: string;
      readonly messageIds?: readonly (string)[];
      readonly digests?: readonly (string)[];
      readonly type?: string;
      readonly reasonIncludes?: string;
      readonly first?: number;
      readonly cursor?: string;
    };
    readonly answers: {
      readonly 200: Discarded;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /audit/order': {
    readonly path: {};
    readonly query: { readonly day?: string; readonly by?: string; readonly act?: string; readonly about?: string; readonly cursor?: string; readonly limit?: number; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: AuditPage;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /orders/{orderId}/reservation': {
    readonly path: { readonly orderId: string; };
    readonly query: {};
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: Reservation;
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /dead-letters/inventory': {
    readonly path: {};
    readonly query: { readonly limit?: number; readonly cursor?: string; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: DeadLetters;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /dead-letters/inventory/redrive': {
    readonly path: {};
    readonly query: {};
    readonly headers: {};
    readonly body: {
      readonly dryRun?: boolean;
      readonly reason?: string;
      readonly messageIds?: readonly (string)[];
      readonly digests?: readonly (string)[];
      readonly type?: string;
      readonly reasonIncludes?: string;
      readonly first?: number;
      readonly cursor?: string;
    };
    readonly answers: {
      readonly 200: Redriven;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /dead-letters/inventory/discard': {
    readonly path: {};
    readonly query: {};
    readonly headers: {};
    readonly body: {
      readonly dryRun?: boolean;
      readonly reason: string;
      readonly messageIds?: readonly (string)[];
      readonly digests?: readonly (string)[];
      readonly type?: string;
      readonly reasonIncludes?: string;
      readonly first?: number;
      readonly cursor?: string;
    };
    readonly answers: {
      readonly 200: Discarded;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /audit/inventory': {
    readonly path: {};
    readonly query: { readonly day?: string; readonly by?: string; readonly act?: string; readonly about?: string; readonly cursor?: string; readonly limit?: number; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: AuditPage;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /orders/{orderId}/payment': {
    readonly path: { readonly orderId: string; };
    readonly query: {};
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: Payment;
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /orders/{orderId}/payment/resolve': {
    readonly path: { readonly orderId: string; };
    readonly query: {};
    readonly headers: {};
    readonly body: {
      readonly reason: string;
      readonly proof: string;
    };
    readonly answers: {
      readonly 200: Payment;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 409: Problem & {
        readonly type: "urn:order-saga:problem:conflict";
        readonly status: 409;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /dead-letters/payment': {
    readonly path: {};
    readonly query: { readonly limit?: number; readonly cursor?: string; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: DeadLetters;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /dead-letters/payment/redrive': {
    readonly path: {};
    readonly query: {};
    readonly headers: {};
    readonly body: {
      readonly dryRun?: boolean;
      readonly reason?: string;
      readonly messageIds?: readonly (string)[];
      readonly digests?: readonly (string)[];
      readonly type?: string;
      readonly reasonIncludes?: string;
      readonly first?: number;
      readonly cursor?: string;
    };
    readonly answers: {
      readonly 200: Redriven;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'POST /dead-letters/payment/discard': {
    readonly path: {};
    readonly query: {};
    readonly headers: {};
    readonly body: {
      readonly dryRun?: boolean;
      readonly reason: string;
      readonly messageIds?: readonly (string)[];
      readonly digests?: readonly (string)[];
      readonly type?: string;
      readonly reasonIncludes?: string;
      readonly first?: number;
      readonly cursor?: string;
    };
    readonly answers: {
      readonly 200: Discarded;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 404: Problem & {
        readonly type: "urn:order-saga:problem:not-found";
        readonly status: 404;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 422: Problem & {
        readonly type: "urn:order-saga:problem:invalid-content";
        readonly status: 422;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
  readonly 'GET /audit/payment': {
    readonly path: {};
    readonly query: { readonly day?: string; readonly by?: string; readonly act?: string; readonly about?: string; readonly cursor?: string; readonly limit?: number; };
    readonly headers: {};
    readonly body?: undefined;
    readonly answers: {
      readonly 200: AuditPage;
      readonly 400: Problem & {
        readonly type: "urn:order-saga:problem:bad-request";
        readonly status: 400;
      };
      readonly 401: Problem & {
        readonly type: "urn:order-saga:problem:unauthorized";
        readonly status: 401;
      };
      readonly 403: Problem & {
        readonly type: "urn:order-saga:problem:blocked" | "urn:order-saga:problem:forbidden";
        readonly status: 403;
      };
      readonly 413: Problem & {
        readonly type: "urn:order-saga:problem:too-large";
        readonly status: 413;
      };
      readonly 415: Problem & {
        readonly type: "urn:order-saga:problem:unsupported-media-type";
        readonly status: 415;
      };
      readonly 429: Problem & {
        readonly type: "urn:order-saga:problem:too-many-requests";
        readonly status: 429;
      };
      readonly 500: Problem & {
        readonly type: "urn:order-saga:problem:internal";
        readonly status: 500;
      };
      readonly 503: Problem & {
        readonly type: "urn:order-saga:problem:unavailable";
        readonly status: 503;
      };
    };
  };
}
