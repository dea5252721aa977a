// A shop on the official SDK: catalogue, carts and orders, staff rules, batch, files, views, live stock.
import { assert, client, recreate, refusal, run, step, superuser, until } from "./kit.mjs";

const stamp = Date.now().toString(36);
const PASSWORD = "correct-horse-9";
const AUTODATES = [
  { name: "created", type: "autodate", onCreate: true },
  { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
];

step("a superuser creates the collections", async (s) => {
  s.admin = await superuser();
  for (const name of ["shop_revenue", "shop_orders", "shop_products", "shop_categories", "shop_staff"]) {
    await s.admin.collections.delete(name).catch(() => {});
  }
  await s.admin.settings.update({ batch: { enabled: true, maxRequests: 100, timeout: 10 } });
  const staff = await s.admin.collections.create({ name: "shop_staff", type: "auth", createRule: null });
  assert.equal(staff.type, "auth");
  const categories = await recreate(s.admin, {
    name: "shop_categories", type: "base", listRule: "", viewRule: "",
    fields: [{ name: "title", type: "text", required: true, presentable: true }, ...AUTODATES],
  });
  const onlyStaff = "@request.auth.collectionName = 'shop_staff'";
  const products = await recreate(s.admin, {
    name: "shop_products", type: "base",
    listRule: "published = true || @request.auth.collectionName = 'shop_staff'",
    viewRule: "published = true || @request.auth.collectionName = 'shop_staff'",
    createRule: onlyStaff, updateRule: onlyStaff, deleteRule: onlyStaff,
    fields: [
      { name: "title", type: "text", required: true, max: 100 },
      { name: "sku", type: "text", required: true, pattern: "^[A-Z]{2}-\\d{3}$" },
      { name: "price", type: "number", min: 0 },
      { name: "stock", type: "number", min: 0, onlyInt: true },
      { name: "cost", type: "number", hidden: true },
      { name: "published", type: "bool" },
      { name: "tags", type: "select", values: ["new", "sale", "last"], maxSelect: 3 },
      { name: "categories", type: "relation", collectionId: categories.id, maxSelect: 5 },
      { name: "images", type: "file", maxSelect: 3, mimeTypes: ["text/plain; charset=utf-8", "image/png"] },
      { name: "specs", type: "json" },
      { name: "shelf", type: "geoPoint" },
      { name: "page", type: "url" },
      { name: "contact", type: "email" },
      { name: "about", type: "editor" },
      { name: "since", type: "date" },
      ...AUTODATES,
    ],
    indexes: ["CREATE UNIQUE INDEX `idx_shop_sku` ON `shop_products` (`sku`)"],
  });
  await recreate(s.admin, {
    name: "shop_orders", type: "base",
    listRule: "customer = @request.auth.id || @request.auth.collectionName = 'shop_staff'",
    viewRule: "customer = @request.auth.id || @request.auth.collectionName = 'shop_staff'",
    createRule: "@request.auth.id != '' && customer = @request.auth.id && product.published = true && status = 'new'",
    updateRule: onlyStaff,
    fields: [
      { name: "customer", type: "relation", collectionId: "_pb_users_auth_", maxSelect: 1, required: true },
      { name: "product", type: "relation", collectionId: products.id, maxSelect: 1, required: true },
      { name: "quantity", type: "number", min: 1, onlyInt: true, required: true },
      { name: "status", type: "select", values: ["new", "paid", "shipped"], maxSelect: 1, required: true },
      { name: "note", type: "text" },
      ...AUTODATES,
    ],
  });
});

step("staff and customers sign in", async (s) => {
  await s.admin.collection("shop_staff").create({
    email: `staff-${stamp}@example.com`, password: PASSWORD, passwordConfirm: PASSWORD, verified: true,
  });
  await refusal(403, client().collection("shop_staff").create({
    email: "sneaky@example.com", password: PASSWORD, passwordConfirm: PASSWORD,
  }));
  s.staff = client();
  await s.staff.collection("shop_staff").authWithPassword(`staff-${stamp}@example.com`, PASSWORD);
  for (const name of ["cleo", "dan"]) {
    s[name] = client();
    await s[name].collection("users").create({
      email: `${name}-${stamp}@example.com`, password: PASSWORD, passwordConfirm: PASSWORD, name,
    });
    await s[name].collection("users").authWithPassword(`${name}-${stamp}@example.com`, PASSWORD);
  }
});

step("a batch fills the catalogue in one transaction", async (s) => {
  const c = await s.admin.collection("shop_categories").create({ title: "Tools" });
  const d = await s.admin.collection("shop_categories").create({ title: "Garden" });
  s.categories = [c, d];
  const batch = s.staff.createBatch();
  for (let i = 0; i < 12; i += 1) {
    batch.collection("shop_products").create({
      title: `Product ${i}`, sku: `AB-${100 + i}`, price: 9.5 + i, stock: 10, published: i < 10,
      tags: i % 2 ? ["new"] : ["sale", "last"], categories: i % 3 ? [c.id] : [c.id, d.id],
      specs: { weight: i, sizes: [1, 2.5] }, shelf: { lon: 12.5, lat: 41.9 + i / 100 }, cost: 99,
      page: `https://example.com/p/${i}`, contact: "shop@example.com", about: "<p>Fine <b>thing</b></p>",
      since: "2024-05-01 10:00:00.000Z",
    });
  }
  const made = await batch.send();
  assert.equal(made.length, 12);
  assert.ok(made.every((one) => one.status === 200));
  s.products = made.map((one) => one.body);
  assert.equal(s.products[0].cost, undefined);
  assert.deepEqual(s.products[3].shelf, { lon: 12.5, lat: 41.93 });
  const failing = s.staff.createBatch();
  failing.collection("shop_products").create({ title: "fine", sku: "ZZ-001" });
  failing.collection("shop_products").create({ title: "not fine", sku: "wrong" });
  const error = await refusal(400, failing.send());
  assert.equal(error.response.data.requests["1"].response.data.sku.code, "validation_invalid_format");
  assert.equal((await s.staff.collection("shop_products").getList(1, 1)).totalItems, 12);
});

step("the public sees what is published, and no cost; nobody but a superuser sets it", async (s) => {
  assert.equal((await s.admin.collection("shop_products").getOne(s.products[0].id)).cost, 0);
  await s.admin.collection("shop_products").update(s.products[0].id, { cost: 3 });
  const shown = await client().collection("shop_products").getList(1, 50, { sort: "sku" });
  assert.equal(shown.totalItems, 10);
  assert.ok(shown.items.every((item) => item.published && item.cost === undefined));
  await refusal(404, client().collection("shop_products").getOne(s.products[11].id));
  await refusal(400, client().collection("shop_products").getList(1, 1, { filter: "cost > 1" }));
  assert.equal((await s.admin.collection("shop_products").getOne(s.products[0].id)).cost, 3);
});

step("filters: numbers, selects, relations, JSON, places, dates", async (s) => {
  const products = client().collection("shop_products");
  const count = async (filter) => (await products.getList(1, 1, { filter })).totalItems;
  assert.equal(await count("price >= 12.5 && price < 15.5"), 3);
  assert.equal(await count("tags:each ?= 'new'"), 5);
  assert.equal(await count("tags:length = 2"), 5);
  assert.equal(await count("categories.title ?= 'Garden'"), 4);
  assert.equal(await count("specs.weight = 4"), 1);
  assert.equal(await count("specs.sizes.1 = 2.5"), 10);
  assert.equal(await count("geoDistance(shelf.lon, shelf.lat, 12.5, 41.9) < 3"), 3);
  assert.equal(await count("since > '2024-01-01' && since < @now"), 10);
  assert.equal(await count("title ~ 'product 1' || (sku = 'AB-105' && published = true)"), 2);
  await refusal(400, products.getList(1, 1, { filter: "nonsense = 1" }));
  await refusal(400, products.getList(1, 1, { filter: "price >" }));
});

step("an order is refused where the rule or a field says so, and nothing is stored", async (s) => {
  const orders = s.cleo.collection("shop_orders");
  const cleo = s.cleo.authStore.record.id;
  const bad = await refusal(400, orders.create({ customer: cleo, product: s.products[0].id, quantity: 0, status: "new" }));
  assert.equal(bad.response.data.quantity.code, "validation_required");
  await refusal(400, orders.create({ customer: cleo, product: s.products[11].id, quantity: 1, status: "new" }));
  await refusal(400, orders.create({ customer: cleo, product: s.products[0].id, quantity: 1, status: "paid" }));
  await refusal(400, s.dan.collection("shop_orders").create({
    customer: cleo, product: s.products[0].id, quantity: 1, status: "new",
  }));
  assert.equal((await s.admin.collection("shop_orders").getList(1, 1)).totalItems, 0);
});

step("orders are placed; each customer sees their own, staff all, live", async (s) => {
  s.heard = [];
  await s.staff.collection("shop_orders").subscribe("*", (e) => s.heard.push(e));
  s.danHeard = [];
  await s.dan.collection("shop_orders").subscribe("*", (e) => s.danHeard.push(e));
  for (const [who, n] of [["cleo", 2], ["dan", 1]]) {
    for (let i = 0; i < n; i += 1) {
      await s[who].collection("shop_orders").create({
        customer: s[who].authStore.record.id, product: s.products[i].id, quantity: 1 + i, status: "new",
      });
    }
  }
  await until(() => s.heard.length === 3 && s.danHeard.length === 1, "three orders");
  assert.equal((await s.cleo.collection("shop_orders").getList()).totalItems, 2);
  assert.equal((await s.dan.collection("shop_orders").getList()).totalItems, 1);
  assert.equal((await s.staff.collection("shop_orders").getList()).totalItems, 3);
});

step("orders expand to product and category; products find their orders", async (s) => {
  const [order] = (await s.cleo.collection("shop_orders").getList(1, 1, {
    sort: "created", expand: "product.categories,customer",
  })).items;
  assert.equal(order.expand.product.title, "Product 0");
  assert.deepEqual(order.expand.product.expand.categories.map((c) => c.title), ["Tools", "Garden"]);
  assert.equal(order.expand.customer.name, "cleo");
  const product = await s.staff.collection("shop_products").getOne(s.products[0].id, {
    expand: "shop_orders_via_product",
  });
  assert.equal(product.expand.shop_orders_via_product.length, 2);
  const sold = await s.staff.collection("shop_products").getFullList({
    filter: "shop_orders_via_product.quantity ?> 1", sort: "sku",
  });
  assert.deepEqual(sold.map((p) => p.title), ["Product 1"]);
});

step("staff changes stock by amounts, tags by items", async (s) => {
  const products = s.staff.collection("shop_products");
  const id = s.products[0].id;
  assert.equal((await products.update(id, { "stock-": 3 })).stock, 7);
  assert.equal((await products.update(id, { "stock+": 1 })).stock, 8);
  assert.deepEqual((await products.update(id, { "tags+": "new", "tags-": "sale" })).tags, ["last", "new"]);
  const bad = await refusal(400, products.update(id, { "stock-": 9 }));
  assert.equal(bad.response.data.stock.code, "validation_min_number_constraint");
  assert.equal((await products.getOne(id)).stock, 8);
  await refusal(404, s.cleo.collection("shop_products").update(id, { stock: 99 }));
});

step("pictures are added, kept, removed and guarded by type", async (s) => {
  const products = s.staff.collection("shop_products");
  const id = s.products[0].id;
  const file = (name, text) => new File([text], name, { type: "text/plain" });
  let made = await products.update(id, { images: [file("one.txt", "one"), file("two.txt", "two")] });
  assert.equal(made.images.length, 2);
  made = await products.update(id, { "images+": file("three.txt", "three") });
  assert.equal(made.images.length, 3);
  const full = await refusal(400, products.update(id, { "images+": file("four.txt", "four") }));
  assert.equal(full.response.data.images.code, "validation_too_many_files");
  made = await products.update(id, { "images-": [made.images[0]] });
  assert.equal(made.images.length, 2);
  const answer = await fetch(s.staff.files.getURL(made, made.images[1]));
  assert.equal(await answer.text(), "three");
  const wrong = await refusal(400, products.update(id, { "images-": made.images[0], "images+": new File([new Uint8Array([80, 75, 3, 4, 9, 9, 9, 9])], "x.txt") }));
  assert.equal(wrong.response.data.images.code, "validation_invalid_mime_type");
  assert.equal((await products.getOne(id)).images.length, 2);
});

step("a view sums up what was sold", async (s) => {
  await s.admin.collections.create({
    name: "shop_revenue", type: "view", listRule: "@request.auth.collectionName = 'shop_staff'",
    viewQuery: `SELECT p.id, p.title, COUNT(o.id) AS orders, CAST(SUM(o.quantity * p.price) AS REAL) AS revenue
      FROM shop_products p JOIN shop_orders o ON o.product = p.id GROUP BY p.id`,
  });
  const rows = (await s.staff.collection("shop_revenue").getList(1, 10, { sort: "-revenue" })).items;
  assert.deepEqual(rows.map((r) => [r.title, r.orders, r.revenue]), [["Product 1", 1, 21], ["Product 0", 2, 19]]);
  assert.equal((await s.dan.collection("shop_revenue").getList()).totalItems, 0);
});

step("a collection grows a field and keeps its rows", async (s) => {
  const orders = await s.admin.collections.getOne("shop_orders");
  await s.admin.collections.update("shop_orders", {
    fields: [...orders.fields, { name: "gift", type: "bool" }],
  });
  const list = await s.staff.collection("shop_orders").getList(1, 10, { filter: "gift = false" });
  assert.equal(list.totalItems, 3);
  assert.equal(list.items[0].gift, false);
});

step("a product that orders need stays; a customer's own order cannot be removed by them", async (s) => {
  await refusal(400, s.staff.collection("shop_products").delete(s.products[0].id));
  const [order] = (await s.dan.collection("shop_orders").getList()).items;
  await refusal(403, s.dan.collection("shop_orders").delete(order.id));
});

step("the collections are removed", async (s) => {
  for (const who of ["staff", "dan"]) await s[who].realtime.unsubscribe();
  for (const name of ["shop_revenue", "shop_orders", "shop_products", "shop_categories", "shop_staff"]) {
    await s.admin.collections.delete(name);
  }
});

run();
