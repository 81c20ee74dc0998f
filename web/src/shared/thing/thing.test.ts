import { describe, expect, test } from "vitest";

import { kindWords } from "./kind";
import { isStale, scopeText, STALE_MS } from "./scope";
import { lookOf, stateWord } from "./state";

describe("a kind", () => {
  test.each([
    ["network.host", "Host", "Hosts", "host"],
    ["aws.ec2.instance", "EC2 instance", "EC2 instances", "machine"],
    ["aws.ec2.security_group", "EC2 security group", "EC2 security groups", "network"],
    ["aws.s3.bucket", "S3 bucket", "S3 buckets", "storage"],
    ["aws.iam.policy", "IAM policy", "IAM policies", "identity"],
    ["aws.lambda.function", "Lambda function", "Lambda functions", "code"],
    ["aws.rds.db_instance", "RDS DB instance", "RDS DB instances", "storage"],
    ["vm.machine", "Machine", "Machines", "machine"],
    ["custom", "Custom", "Customs", "thing"],
  ])("%s is told as %s", (kind, one, many, shape) => expect(kindWords(kind)).toEqual({ one, many, shape }));
});

describe("a state", () => {
  test.each([
    ["up", false, "good"],
    ["stopped", false, "resting"],
    ["Unhealthy", false, "bad"],
    ["toString", false, "plain"],
    ["running", true, "deleted"],
  ] as const)("%s, gone %s, looks %s", (state, gone, look) => expect(lookOf(state, gone)).toBe(look));
  test("is told in words", () => expect([stateWord("open_filtered"), stateWord("in_use"), stateWord("")]).toEqual(["open or filtered", "in use", "–"]));
});

test("a scope is told by what there is", () => {
  expect(scopeText({ account: "1111", region: "eu-west-1", subnet: "10.0.0.0/24" })).toBe("1111 / eu-west-1");
  expect(scopeText({ subnet: "10.0.0.0/24", segment: "s" })).toBe("10.0.0.0/24");
  expect(scopeText({ connection: "0199aaaa-0000-7000-8000-000012345678" })).toBe("connection 12345678");
  expect(scopeText({})).toBe("");
});

test("what nobody saw for a week is stale", () => {
  const now = Date.parse("2026-11-21T15:00:00Z");
  expect([isStale("2026-11-21T14:00:00Z", now), isStale(new Date(now - STALE_MS - 1).toISOString(), now)]).toEqual([false, true]);
});
