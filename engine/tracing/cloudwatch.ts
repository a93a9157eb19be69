/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html */
const CLOUDWATCH = /^https:\/\/xray\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** The region of CloudWatch's endpoint for spans; undefined for any other collector, which is told no credential. */
export const cloudWatchRegionOf = (endpoint: string): string | undefined =>
  URL.canParse(endpoint) ? CLOUDWATCH.exec(new URL(endpoint).origin)?.[1] : undefined;
