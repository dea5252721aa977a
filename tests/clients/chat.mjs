// A chat on the official SDK: sign up, sign in, rooms, messages with live delivery, avatars, rules.
import { assert, client, recreate, refusal, run, step, superuser, until } from "./kit.mjs";

const stamp = Date.now().toString(36);
const PASSWORD = "correct-horse-9";
const PNG = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  ),
  (c) => c.charCodeAt(0),
);

step("a superuser creates the collections", async (s) => {
  s.admin = await superuser();
  const users = await s.admin.collections.getOne("users");
  await s.admin.collections.delete("chat_messages").catch(() => {});
  const rooms = await recreate(s.admin, {
    name: "chat_rooms",
    type: "base",
    listRule: "@request.auth.id != ''",
    viewRule: "@request.auth.id != ''",
    createRule: "@request.auth.id != ''",
    fields: [
      { name: "title", type: "text", required: true, max: 40 },
      { name: "members", type: "relation", collectionId: users.id, maxSelect: 50 },
    ],
    indexes: ["CREATE UNIQUE INDEX `idx_chat_rooms_title` ON `chat_rooms` (`title`)"],
  });
  await recreate(s.admin, {
    name: "chat_messages",
    type: "base",
    listRule: "room.members.id ?= @request.auth.id",
    viewRule: "room.members.id ?= @request.auth.id",
    createRule: "author = @request.auth.id && room.members.id ?= @request.auth.id",
    updateRule: "author = @request.auth.id",
    deleteRule: "author = @request.auth.id",
    fields: [
      { name: "text", type: "text", required: true, max: 500 },
      { name: "room", type: "relation", collectionId: rooms.id, maxSelect: 1, required: true, cascadeDelete: true },
      { name: "author", type: "relation", collectionId: users.id, maxSelect: 1, required: true },
      { name: "created", type: "autodate", onCreate: true },
    ],
  });
  // members may see each other
  await s.admin.collections.update("users", {
    listRule: "@request.auth.id != ''",
    viewRule: "@request.auth.id != ''",
  });
});

step("two people sign up, and a guest does not get the e-mail back", async (s) => {
  for (const name of ["ada", "bob", "eve"]) {
    const guest = client();
    const made = await guest.collection("users").create({
      email: `${name}-${stamp}@example.com`,
      password: PASSWORD,
      passwordConfirm: PASSWORD,
      name,
    });
    assert.equal(made.name, name);
    assert.equal(made.collectionName, "users");
    assert.equal(made.email, undefined);
    assert.equal(made.verified, false);
  }
  const twice = await refusal(
    400,
    client().collection("users").create({
      email: `ada-${stamp}@example.com`,
      password: PASSWORD,
      passwordConfirm: PASSWORD,
    }),
  );
  assert.equal(twice.response.data.email.code, "validation_not_unique");
});

step("they sign in; a wrong password is refused", async (s) => {
  for (const name of ["ada", "bob", "eve"]) {
    s[name] = client();
    const auth = await s[name].collection("users").authWithPassword(`${name}-${stamp}@example.com`, PASSWORD);
    assert.ok(s[name].authStore.isValid);
    assert.equal(s[name].authStore.isSuperuser, false);
    assert.equal(auth.record.email, `${name}-${stamp}@example.com`);
  }
  const error = await refusal(400, client().collection("users").authWithPassword(`ada-${stamp}@example.com`, "nope-nope"));
  assert.equal(error.response.message, "Failed to authenticate.");
});

step("the token is refreshed and stays that person's", async (s) => {
  const before = s.ada.authStore.record.id;
  const { token, record } = await s.ada.collection("users").authRefresh();
  assert.ok(token.split(".").length === 3);
  assert.equal(record.id, before);
});

step("auth methods say how one may sign in", async () => {
  const methods = await client().collection("users").listAuthMethods();
  assert.deepEqual(methods.password, { enabled: true, identityFields: ["email"] });
  assert.deepEqual(methods.oauth2, { enabled: false, providers: [] });
});

step("a room is made; a second of the same title is not", async (s) => {
  s.room = await s.ada.collection("chat_rooms").create({
    title: `lobby ${stamp}`,
    members: [s.ada.authStore.record.id, s.bob.authStore.record.id],
  });
  const error = await refusal(400, s.bob.collection("chat_rooms").create({ title: `lobby ${stamp}` }));
  assert.deepEqual(error.response.data, {
    title: { code: "validation_not_unique", message: "Value must be unique." },
  });
  await refusal(400, client().collection("chat_rooms").create({ title: "by a guest" }));
});

step("members hear new messages at once, with the author expanded; others hear nothing", async (s) => {
  s.heard = { ada: [], bob: [], eve: [] };
  for (const name of ["ada", "bob", "eve"]) {
    await s[name].collection("chat_messages").subscribe("*", (e) => s.heard[name].push(e), { expand: "author" });
  }
  s.first = await s.ada.collection("chat_messages").create({
    text: "hello",
    room: s.room.id,
    author: s.ada.authStore.record.id,
  });
  await until(() => s.heard.ada.length === 1 && s.heard.bob.length === 1, "the message");
  const event = s.heard.bob[0];
  assert.equal(event.action, "create");
  assert.equal(event.record.text, "hello");
  assert.equal(event.record.expand.author.name, "ada");
  assert.equal(event.record.expand.author.email, undefined);
  assert.equal(s.heard.eve.length, 0);
});

step("nobody writes in another's name, nor outside their rooms", async (s) => {
  await refusal(400, s.bob.collection("chat_messages").create({
    text: "forged", room: s.room.id, author: s.ada.authStore.record.id,
  }));
  await refusal(400, s.eve.collection("chat_messages").create({
    text: "intruder", room: s.room.id, author: s.eve.authStore.record.id,
  }));
  await refusal(404, s.bob.collection("chat_messages").update(s.first.id, { text: "changed" }));
  await refusal(404, s.bob.collection("chat_messages").delete(s.first.id));
});

step("a burst arrives whole", async (s) => {
  for (let i = 0; i < 20; i += 1) {
    await s.bob.collection("chat_messages").create({
      text: `message ${i}`, room: s.room.id, author: s.bob.authStore.record.id,
    });
  }
  await until(() => s.heard.ada.length === 21, "twenty messages");
  const texts = s.heard.ada.slice(1).map((e) => e.record.text);
  const sent = Array.from({ length: 20 }, (_, i) => `message ${i}`);
  assert.deepEqual(texts.sort(), sent.sort());  // in what order, order.mjs asks: PocketBase promises none
  assert.equal(s.heard.eve.length, 0);
});

step("editing and deleting are heard too", async (s) => {
  await s.ada.collection("chat_messages").update(s.first.id, { text: "hello, all" });
  await until(() => s.heard.bob.some((e) => e.action === "update" && e.record.text === "hello, all"), "the edit");
  await s.ada.collection("chat_messages").delete(s.first.id);
  await until(() => s.heard.bob.some((e) => e.action === "delete" && e.record.id === s.first.id), "the delete");
});

step("after unsubscribing nothing more is heard", async (s) => {
  await s.bob.collection("chat_messages").unsubscribe("*");
  const before = s.heard.bob.length;
  const seen = s.heard.ada.length;
  await s.ada.collection("chat_messages").create({
    text: "anyone?", room: s.room.id, author: s.ada.authStore.record.id,
  });
  await until(() => s.heard.ada.length === seen + 1, "ada's own message");
  assert.equal(s.heard.bob.length, before);
});

step("history: pages, filter, sort, expand, fields", async (s) => {
  const messages = s.bob.collection("chat_messages");
  const page = await messages.getList(2, 5, { sort: "-created,-id", expand: "author,room" });
  assert.equal(page.page, 2);
  assert.equal(page.perPage, 5);
  assert.equal(page.totalItems, 21);
  assert.equal(page.totalPages, 5);
  assert.equal(page.items.length, 5);
  assert.equal(page.items[0].expand.room.title, `lobby ${stamp}`);
  const found = await messages.getFullList({
    filter: s.bob.filter("text ~ {:q} && author.name = {:who}", { q: "message 1", who: "bob" }),
    sort: "text",
    fields: "id,text",
  });
  assert.equal(found.length, 11);
  assert.deepEqual(Object.keys(found[0]).sort(), ["id", "text"]);
  const one = await messages.getFirstListItem('text = "message 7"');
  assert.equal(one.text, "message 7");
  assert.equal((await s.eve.collection("chat_messages").getList()).totalItems, 0);
  assert.equal((await client().collection("chat_messages").getList()).totalItems, 0);
});

step("an avatar is uploaded, served, thumbed and replaced", async (s) => {
  const id = s.ada.authStore.record.id;
  const made = await s.ada.collection("users").update(id, { avatar: new File([PNG], "Me & I.png", { type: "image/png" }) });
  assert.match(made.avatar, /^me_i_[a-z0-9]{10}\.png$/);
  const url = s.ada.files.getURL(made, made.avatar);
  const answer = await fetch(url);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "image/png");
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), PNG);
  const thumb = await fetch(s.ada.files.getURL(made, made.avatar, { thumb: "100x100" }));
  assert.equal(thumb.status, 200);
  await s.ada.collection("users").update(id, { avatar: null });
  assert.equal((await fetch(url)).status, 404);
});

step("a room that goes takes its messages along", async (s) => {
  await s.admin.collection("chat_rooms").delete(s.room.id);
  assert.equal((await s.admin.collection("chat_messages").getList()).totalItems, 0);
});

step("changing the password ends the old sign-ins", async (s) => {
  const id = s.eve.authStore.record.id;
  const old = s.eve.authStore.token;
  await s.eve.collection("users").update(id, {
    oldPassword: PASSWORD, password: "another-horse-9", passwordConfirm: "another-horse-9",
  });
  const stale = client();
  stale.authStore.save(old, { id, collectionId: "_pb_users_auth_", collectionName: "users" });
  await refusal(401, stale.collection("users").authRefresh());
  await client().collection("users").authWithPassword(`eve-${stamp}@example.com`, "another-horse-9");
});

step("the collections are removed", async (s) => {
  for (const name of ["ada", "bob", "eve"]) await s[name].realtime.unsubscribe();
  await s.admin.collections.delete("chat_messages");
  await s.admin.collections.delete("chat_rooms");
  await refusal(404, s.admin.collections.getOne("chat_rooms"));
});

run();
