/**
 * Whether an answer to a custom resource may go there: CloudFormation gives a signed URL of S3. Whoever calls the function by
 * hand could name any other address.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export function isOfCloudFormation(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username } = new URL(address);
  return protocol === 'https:' && port === '' && username === '' && OF_AWS.test(hostname);
}

/** With China's domain. https://docs.aws.amazon.com/general/latest/gr/s3.html */
const OF_AWS = /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/;
