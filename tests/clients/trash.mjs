// Soft delete on the official SDK: it knows no trash, so what is new goes through pb.send.
import { assert, client, recreate, refusal, run, step, superuser, until } from "./kit.mjs";

const RECORDS = "/api/collections/trash_notes/records";
const rules = { listRule: "", viewRule: "", createRule: "", updateRule: "", deleteRule: "" };

step("a superuser creates a collection with a trash", async (s) => {
  s.admin = await superuser();
  await s.admin.settings.update({ batch: { enabled: true } });
  await s.admin.collections.delete("trash_parts").catch(() => {});
  const notes = await recreate(s.admin, {
    name: "trash_notes", type: "base", softDelete: true, softDeleteRetentionDays: 7, ...rules,
    fields: [{ name: "title", type: "text" }, { name: "doc", type: "file" }],
    indexes: ["CREATE UNIQUE INDEX `idx_trash_title` ON `trash_notes` (`title`)"],
  });
  assert.equal(notes.softDelete, true);
  assert.equal(notes.trashRule, null);
  assert.equal(notes.softDeleteRetentionDays, 7);
  await recreate(s.admin, {
    name: "trash_parts", type: "base", softDelete: true, ...rules,
    fields: [{ name: "note", type: "relation", collectionId: notes.id, cascadeDelete: true }],
  });
});

step("a guest subscribes and deletes: an ordinary delete", async (s) => {
  s.guest = client();
  s.events = [];
  await s.guest.collection("trash_notes").subscribe("*", (event) => s.events.push(event));
  const doc = new File(["hello"], "hello.txt");
  s.note = await s.guest.collection("trash_notes").create({ title: "a", doc });
  s.part = await s.guest.collection("trash_parts").create({ note: s.note.id });
  assert.equal(await s.guest.collection("trash_notes").delete(s.note.id), true);
  await until(() => s.events.length === 2, "create and delete");
  assert.deepEqual(s.events.map((event) => event.action), ["create", "delete"]);
  assert.equal(s.events[1].record.id, s.note.id);
  assert.equal("deleted" in s.events[1].record, false);
});

step("nobody finds it any more", async (s) => {
  for (const pb of [s.guest, s.admin]) {
    await refusal(404, pb.collection("trash_notes").getOne(s.note.id));
    await refusal(404, pb.collection("trash_notes").update(s.note.id, { title: "b" }));
    assert.equal((await pb.collection("trash_notes").getList()).totalItems, 0);
    assert.deepEqual(await pb.collection("trash_parts").getFullList(), []);
  }
  const file = await fetch(s.guest.files.getURL(s.note, s.note.doc));
  assert.equal(file.status, 404);
});

step("the trash is for superusers", async (s) => {
  await refusal(403, s.guest.send(RECORDS, { query: { trash: "only" } }));
  await refusal(403, s.guest.send(`${RECORDS}/${s.note.id}/restore`, { method: "POST" }));
  const found = await s.admin.send(RECORDS, { query: { trash: "only" } });
  assert.deepEqual(found.items.map((item) => item.id), [s.note.id]);
  assert.match(found.items[0].deleted, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/);
  const listed = await s.admin.collection("trash_notes").getFullList({ query: { trash: "with" } });
  assert.equal(listed.length, 1);
});

step("a restore that would break a unique index is refused", async (s) => {
  const other = await s.guest.collection("trash_notes").create({ title: "a" });
  const url = `${RECORDS}/${s.note.id}/restore`;
  const error = await refusal(400, s.admin.send(url, { method: "POST" }));
  assert.equal(error.response.data.title.code, "validation_not_unique");
  await s.admin.send(`${RECORDS}/${other.id}`, { method: "DELETE", query: { purge: true } });
});

step("a restore brings all of it back, and subscribers hear of it", async (s) => {
  s.events.length = 0;
  const back = await s.admin.send(`${RECORDS}/${s.note.id}/restore`, { method: "POST" });
  assert.equal(back.title, "a");
  const of = (event) => event.record.id === s.note.id;
  await until(() => s.events.some(of), "create");
  assert.deepEqual(s.events.filter(of).map((event) => event.action), ["create"]);
  const parts = await s.guest.collection("trash_parts").getFullList({ expand: "note" });
  assert.deepEqual(parts.map((part) => part.expand.note.title), ["a"]);
  const file = await fetch(s.guest.files.getURL(s.note, s.note.doc));
  assert.equal(await file.text(), "hello");
});

step("the SDK's batch deletes into the trash too", async (s) => {
  const batch = s.guest.createBatch();
  batch.collection("trash_notes").create({ title: "b" });
  batch.collection("trash_notes").delete(s.note.id);
  const [created] = await batch.send();
  assert.equal(created.status, 200);
  const found = await s.admin.send(RECORDS, { query: { trash: "only" } });
  assert.deepEqual(found.items.map((item) => item.id), [s.note.id]);
});

step("what is purged is gone for good", async (s) => {
  await s.admin.send(`${RECORDS}/${s.note.id}`, { method: "DELETE", query: { purge: true } });
  for (const name of ["trash_notes", "trash_parts"]) {
    const url = `/api/collections/${name}/records`;
    assert.equal((await s.admin.send(url, { query: { trash: "only" } })).totalItems, 0);
  }
  await s.guest.collection("trash_notes").unsubscribe();
});

run();
