/** What an event source mapping can pass to a function. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const EVENT_BYTES = 6 * 1024 * 1024;

/**
 * For the properties of one message and what an event has around it. Properties fit into one frame of 128 KB, and no byte
 * of them becomes more than six in an event. https://www.rabbitmq.com/docs/connections#tuning
 */
const AROUND_BODY_BYTES = 1024 * 1024;

/**
 * The largest body that the broker takes. Lambda's event source mapping drops a message that alone is larger than an
 * event, so the broker has to refuse it while its publisher can still be told. An event holds the body in base64.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-mq-errors.html
 */
export const MAX_MESSAGE_BYTES = ((EVENT_BYTES - AROUND_BODY_BYTES) / 4) * 3;

/** The line in a broker's configuration. https://www.rabbitmq.com/docs/configure#config-items */
export const messageSizeSetting = `max_message_size = ${MAX_MESSAGE_BYTES}`;
