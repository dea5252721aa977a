// What the SDK relies on when its connection breaks. Whoever runs this reads `please …` from it, does
// that to the server, and answers with a line.
import { createInterface } from "node:readline";
import { assert, client, recreate, run, step, superuser, until } from "./kit.mjs";

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function please(act) {
  console.log(`please ${act}`);
  await answers.next();
}

/** A client that notes what it hears, each connection and each loss of one. */
async function listener(pb, ...topics) {
  const heard = { ids: [], lost: [], events: [] };
  pb.realtime.onDisconnect = (active) => heard.lost.push(active.length);
  await pb.realtime.subscribe("PB_CONNECT", (e) => heard.ids.push(e.clientId));
  for (const topic of topics) {
    await pb.realtime.subscribe(topic, (e) => heard.events.push(e.record.text));
  }
  return heard;
}

/** Everybody has connected again, signed in as before, and gets the next event once. */
async function goesOn(s, text, connections) {
  for (const heard of [s.guest, s.owner]) {
    await until(() => heard.ids.length >= connections, "another connection", 60);
    assert.equal(new Set(heard.ids).size, heard.ids.length);
    assert.ok(heard.lost.length >= connections - 1);
    heard.events.length = 0;
  }
  await s.admin.collection("reconnect_public").create({ text });
  await s.admin.collection("reconnect_own").create({ text: `own ${text}`, owner: s.id });
  await s.admin.collection("reconnect_own").create({ text: "another's", owner: "" });
  await s.admin.collection("reconnect_public").create({ text: "last" });
  for (const heard of [s.guest, s.owner]) {
    await until(() => heard.events.includes("last"), "events", 60);
  }
  assert.deepEqual(s.guest.events, [text, "last"]);
  assert.deepEqual(s.owner.events, [text, `own ${text}`, "last"]);
}

step("a guest and an account listen, the account by a rule of its own", async (s) => {
  s.admin = await superuser();
  const rules = { type: "base", createRule: null, fields: [{ name: "text", type: "text" }] };
  await recreate(s.admin, { ...rules, name: "reconnect_public", listRule: "" });
  await recreate(s.admin, {
    ...rules, name: "reconnect_own", listRule: "owner != '' && owner = @request.auth.id",
    fields: [{ name: "text", type: "text" }, { name: "owner", type: "text" }],
  });
  const account = { email: "reconnect@example.com", password: "1234567890" };
  const made = await s.admin.collection("users").create({ ...account, passwordConfirm: account.password });
  s.id = made.id;
  const signedIn = client();
  await signedIn.collection("users").authWithPassword(account.email, account.password);
  s.guest = await listener(client(), "reconnect_public/*", "reconnect_own/*");
  s.owner = await listener(signedIn, "reconnect_public/*", "reconnect_own/*");
  await goesOn(s, "before", 1);
});

step("the workers are killed: subscriptions come back by themselves", async (s) => {
  const connections = Math.max(s.guest.ids.length, s.owner.ids.length) + 1;
  await please("kill the workers");
  await goesOn(s, "after the workers", connections);
});

step("the whole server is killed and started again: the same", async (s) => {
  const connections = Math.max(s.guest.ids.length, s.owner.ids.length) + 1;
  await please("restart the server");
  await goesOn(s, "after the server", connections);
});

run();
