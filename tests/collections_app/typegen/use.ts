// Compiles if the types are right, and only then: each @ts-expect-error has to be one.
import PocketBase, { type RecordService } from "pocketbase";

import {
  Collections,
  type Create,
  type PostsResponse,
  type PostsStatusOptions,
  type TypedPocketBase,
  type Update,
  type UsersRecord,
  type UsersResponse,
} from "./types";

const pb = new PocketBase("http://127.0.0.1:8090") as TypedPocketBase;
const plain: PocketBase = pb;
const anything: RecordService = plain.collection("anything");

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>) => _;

export async function read() {
  const post = await pb.collection("posts").getOne("a", { expand: "author,tags" });
  same<typeof post, PostsResponse>(true);
  same<typeof post.title, string>(true);
  same<typeof post.status, "draft" | "it's \"public\"" | "x\\y">(true);
  same<typeof post.level, "low" | "high" | "">(true);
  same<typeof post.colours, ("red" | "green")[]>(true);
  same<typeof post.note, string | undefined>(true);
  same<typeof post.meta, unknown>(true);
  same<typeof post.place, { lon: number; lat: number }>(true);
  const longitude: number = post.place.lon;
  const byNumber: string = post["1st"];
  const author: UsersResponse | undefined = post.expand?.author;
  const names: string[] | undefined = post.expand?.tags?.map((tag) => tag.name);
  const backwards = author?.expand?.posts_via_author?.[0]?.expand?.author?.email;
  const one: string | undefined = author?.expand?.profiles_via_user?.user;
  same<typeof post.collectionName, "posts">(true);
  // @ts-expect-error: never shown
  post.pin;
  // @ts-expect-error: no such relation
  post.expand?.nobody;

  const page = await pb.collection(Collections.Posts).getList(1, 20, { sort: "-created" });
  const first: PostsResponse | undefined = page.items[0];
  const own = await pb.collection("posts").getOne<PostsResponse<{ author: UsersRecord }>>("a");
  const email: string | undefined = own.expand?.author.email;

  const signedIn = await pb.collection("users").authWithPassword("a@example.com", "1234567890");
  same<typeof signedIn.record.verified, boolean>(true);
  await pb.collection("posts").subscribe("*", (event) => same<typeof event.record, PostsResponse>(true));

  const latest = await pb.collection("latest").getFirstListItem("");
  const total: unknown = latest.n;
  const writer: UsersResponse | undefined = latest.expand?.author;
  return { anything, longitude, byNumber, names, backwards, one, first, email, total, writer };
}

export async function write(status: PostsStatusOptions) {
  const least: Create<"posts"> = { title: "a", likes: 1, status, author: "b" };
  const made = await pb.collection("posts").create(least);
  same<typeof made, PostsResponse>(true);
  await pb.collection("posts").create({
    ...least,
    id: "a",
    due: new Date(),
    cover: new File([], "a.png"),
    papers: [new Blob()],
    colours: ["red"],
    tags: ["a"],
    meta: { any: [1] },
    pin: "1234",
    "slug:autogenerate": "a-",
    "1st": "",
  });
  await pb.collection("posts").create(new FormData());
  const change: Update<"posts"> = {
    "likes+": 1,
    "+tags": "a",
    "tags-": ["b", "c"],
    "papers+": new Blob(),
    "papers-": "a.pdf",
    cover: null,
    level: "",
  };
  await pb.collection("posts").update(made.id, change);
  await pb.collection("users").create({ email: "", password: "a", passwordConfirm: "a" });
  await pb.collection("users").update("a", { oldPassword: "a", password: "b", passwordConfirm: "b" });
  await pb.collection("posts").delete(made.id);

  // @ts-expect-error: title, likes, status and author are missing
  await pb.collection("posts").create({ slug: "a" });
  // @ts-expect-error: the wrong type
  await pb.collection("posts").create({ ...least, likes: "1" });
  // @ts-expect-error: not one of the choices
  await pb.collection("posts").update("a", { status: "nope" });
  // @ts-expect-error: not to be empty
  await pb.collection("posts").update("a", { status: "" });
  // @ts-expect-error: set by the server
  await pb.collection("posts").update("a", { created: "" });
  // @ts-expect-error: no such field
  await pb.collection("posts").update("a", { nope: 1 });
  // @ts-expect-error: views take nothing
  await pb.collection("latest").create({ title: "a" });
  const other = await pb.collection(Collections.N4ever).getFullList();
  same<(typeof other)[0]["collectionName"], "4ever">(true);
}
