// What both scripts share: the SDK, a step runner with a closing count, and waiting with a deadline.
import assert from "node:assert/strict";
import { EventSource } from "eventsource";
import PocketBase, { ClientResponseError } from "pocketbase";

globalThis.EventSource = EventSource;

const [bases, email, password] = process.argv.slice(2);
if (!password) {
  console.error("usage: node SCRIPT.mjs BASE_URL[,BASE_URL] SUPERUSER_EMAIL SUPERUSER_PASSWORD");
  process.exit(2);
}
const machines = bases.split(",");
const base = machines[0];
let clients = 0;

export { assert, base, ClientResponseError };

/** A new client with an auth store of its own; of several machines each client gets the next. */
export function client() {
  const pb = new PocketBase(machines[clients++ % machines.length]);
  pb.autoCancellation(false);
  return pb;
}

/** A client signed in as the superuser given on the command line. */
export async function superuser() {
  const pb = client();
  await pb.collection("_superusers").authWithPassword(email, password);
  return pb;
}

/** Create the collection anew, whatever an earlier run left behind. */
export async function recreate(admin, data) {
  await admin.collections.delete(data.name).catch(absent);
  return admin.collections.create(data);
}

/** For `.catch`: a thing that is not there is as good as removed. */
export function absent(error) {
  if (error.status !== 404) throw error;
}

/** The ClientResponseError that `promise` must end in, with this status. */
export async function refusal(status, promise) {
  const error = await promise.then(
    () => assert.fail(`expected status ${status}, but the call succeeded`),
    (reason) => reason,
  );
  assert.ok(error instanceof ClientResponseError, String(error));
  assert.equal(error.status, status, JSON.stringify(error.response));
  return error;
}

/** Wait until `check` returns something truthy; fail after five (or more) seconds. */
export async function until(check, what, seconds = 5) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const value = check();
    if (value) return value;
    await new Promise((wake) => setTimeout(wake, 10));
  }
  return assert.fail(`timed out waiting for ${what}`);
}

const steps = [];

/** Add a step; steps run in order, each with what the earlier ones left in `state`. */
export function step(name, run) {
  steps.push([name, run]);
}

/** Run all steps; the first failure ends the run, since later ones build on it. */
export async function run() {
  const state = {};
  let passed = 0;
  for (const [name, act] of steps) {
    try {
      await act(state);
      passed += 1;
      console.log(`ok   ${name}`);
    } catch (error) {
      console.log(`FAIL ${name}`);
      console.log(error.stack, error.response ? JSON.stringify(error.response) : "");
      console.log(`${passed} passed, 1 failed`);
      process.exit(1);
    }
  }
  console.log(`${passed} passed, 0 failed`);
  process.exit(0);
}
