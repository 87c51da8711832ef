import { expect, test } from "vitest";
import { advanced } from "./tape";

const seconds = [
  { requests: 3, passed_on: 1, failed: 0 },
  { requests: 0, passed_on: 0, failed: 1 },
  { requests: 2, passed_on: 0, failed: 0 },
];
const minute = { seconds, requests: 5, passed_on: 1, failed: 1 };

test("a fresh minute stays as it was told", () => {
  expect(advanced(minute, 0)).toBe(minute);
  expect(advanced(minute, -2), "a clock that runs behind").toBe(minute);
});

test("old seconds leave on the left and take their counts along", () => {
  const later = advanced(minute, 1);
  expect(later.seconds.map((second) => second.requests)).toEqual([0, 2, 0]);
  expect(later).toMatchObject({ requests: 2, passed_on: 0, failed: 1 });
});

test("after the whole minute it is quiet", () => {
  expect(advanced(minute, 99)).toMatchObject({ requests: 0, passed_on: 0, failed: 0 });
});
