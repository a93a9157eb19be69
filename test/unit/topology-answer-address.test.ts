import { expect, test } from 'vitest';
import { isOfCloudFormation } from '../../infra/aws/topology/answer-address.ts';

const path = 'arn%3Aaws%3Acloudformation?X-Amz-Signature=1';

test.each([
  `https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/${path}`,
  `https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/${path}`,
  `https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn/${path}`,
])('CloudFormation is answered at %s', (url) => {
  expect(isOfCloudFormation(url)).toBe(true);
});

test.each([
  'http://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/',
  'https://example.com/',
  'https://amazonaws.com.example.com/',
  'https://bucket.s3.amazonaws.com.example.com/',
  'https://s3.amazonaws.com@example.com/',
  'https://name@bucket.s3.amazonaws.com/',
  'https://bucket.s3.amazonaws.com:8443/',
  'https://xamazonaws.com/',
  'file:///etc/passwd',
  'nothing',
  '',
])('nobody is answered at %j', (url) => {
  expect(isOfCloudFormation(url)).toBe(false);
});
