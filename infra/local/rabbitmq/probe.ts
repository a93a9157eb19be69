import { connect } from 'amqplib';

/** Completes an AMQP handshake with the broker and returns its version. Throws if the broker does not answer. */
export async function brokerVersion(url: string): Promise<string> {
  const connection = await connect(url, { timeout: 5_000, noDelay: true });
  connection.on('error', () => {});
  const { version } = connection.connection.serverProperties;
  await connection.close();
  return version;
}
