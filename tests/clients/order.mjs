// Events arrive in the order of the writes: PocketBase promises it not, so this is not part of chat.mjs.
import { assert, client, recreate, run, step, superuser, until } from "./kit.mjs";

const TEXTS = Array.from({ length: 40 }, (_, i) => `message ${i}`);

step("a superuser creates a public collection", async (s) => {
  s.admin = await superuser();
  await recreate(s.admin, {
    name: "order_messages", type: "base", listRule: "", createRule: "",
    fields: [{ name: "text", type: "text" }],
  });
});

step("two guests hear a burst whole and in the order of its writes", async (s) => {
  s.heard = [[], []];
  for (const heard of s.heard) {
    await client().collection("order_messages").subscribe("*", (e) => heard.push(e.record.text));
  }
  for (const text of TEXTS) await client().collection("order_messages").create({ text });
  for (const heard of s.heard) {
    await until(() => heard.length >= TEXTS.length, "the burst");
    assert.deepEqual(heard, TEXTS);
  }
});

run();
