// node setup.mjs BASE_URL EMAIL PASSWORD PUBLIC_DIR
// Makes the collection `messages` (as a superuser) and puts the page beside the SDK in PUBLIC_DIR.
import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import PocketBase from "pocketbase";

const [base, email, password, publicDir] = process.argv.slice(2);
if (!publicDir) {
  console.error("usage: node setup.mjs BASE_URL SUPERUSER_EMAIL SUPERUSER_PASSWORD PUBLIC_DIR");
  process.exit(2);
}

const here = dirname(fileURLToPath(import.meta.url));
const dist = dirname(createRequire(import.meta.url).resolve("pocketbase"));
mkdirSync(publicDir, { recursive: true });
copyFileSync(join(here, "index.html"), join(publicDir, "index.html"));
copyFileSync(join(dist, "pocketbase.umd.js"), join(publicDir, "pocketbase.umd.js"));

const pb = new PocketBase(base);
await pb.collection("_superusers").authWithPassword(email, password);
const signedIn = "@request.auth.id != ''";
await pb.collections.import([
  {
    id: "chat_messages00",
    name: "messages",
    type: "base",
    listRule: signedIn,
    viewRule: signedIn,
    createRule: `${signedIn} && author = @request.auth.id`,
    deleteRule: "author = @request.auth.id",
    fields: [
      { name: "text", type: "text", required: true, max: 500 },
      { name: "author", type: "relation", collectionId: "_pb_users_auth_", maxSelect: 1, required: true },
      { name: "created", type: "autodate", onCreate: true },
    ],
    indexes: ["CREATE INDEX `idx_messages_created` ON `messages` (`created`)"],
  },
]);
// whoever is signed in may see the names of the others
await pb.collections.update("users", { listRule: signedIn, viewRule: signedIn });
console.log(`The chat is at ${base}/`);
