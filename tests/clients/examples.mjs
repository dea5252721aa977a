// Runs calls of the API preview (EXAMPLES: [{title, text}]) and prints what each comes to, as JSON.
import { client, ClientResponseError } from "./kit.mjs";

const AsyncFunction = (async () => {}).constructor;
const pb = client();
const outcomes = {};
for (const { title, text } of JSON.parse(process.env.EXAMPLES)) {
  try {
    await new AsyncFunction("pb", text)(pb);
    outcomes[title] = 200;
  } catch (error) {
    if (!(error instanceof ClientResponseError)) throw error;
    outcomes[title] = error.status;
  }
}
await pb.realtime.unsubscribe();
console.log(JSON.stringify(outcomes));
