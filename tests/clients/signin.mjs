// Every way to sign in, on the official SDK: mails come through SMTP, OAuth2 users from a real provider.
// Beside the usual arguments: INBOX_SMTP (a port), INBOX_URL (what has come, as JSON; see inbox.py).
import { setTimeout as sleep } from "node:timers/promises";
import { assert, base, client, recreate, refusal, run, step, superuser } from "./kit.mjs";
import { CLIENT_ID, CLIENT_SECRET, entry, startProvider } from "./idp.mjs";

const NAME = "signin_members";
const PASSWORD = "correct-horse-9";
const stamp = Date.now().toString(36);
const address = (name) => `${name}-${stamp}@example.com`;

/** The next mail to `to`, after those that were taken before. */
async function mail(to) {
  const end = Date.now() + 15000;
  while (Date.now() < end) {
    const answer = await fetch(`${process.env.INBOX_URL}/?to=${encodeURIComponent(to)}`);
    if (answer.status === 200) return answer.json();
    await sleep(20);
  }
  return assert.fail(`no mail to ${to}`);
}

/** Wait until the server has noted where a code went; it does so after the mail has arrived. */
async function noted(admin, otpId) {
  const end = Date.now() + 15000;
  while (Date.now() < end) {
    if ((await admin.collection("_otps").getOne(otpId)).sentTo) return;
    await sleep(20);
  }
  assert.fail(`${otpId} was not noted as sent`);
}

/** The token in a mail's link, which must lead to this page. */
function linked(message, page) {
  const found = new RegExp(`https://app\\.example\\.com/_/#/auth/${page}/([\\w.-]+)`);
  const [, token] = message.html.match(found) ?? assert.fail(message.html);
  assert.match(message.text, found);
  return token;
}

/** A new account and a client that is signed in to it. */
async function member(name, options = {}) {
  const pb = client();
  const members = pb.collection(NAME);
  await members.create({ email: address(name), password: PASSWORD, passwordConfirm: PASSWORD, name, ...options });
  await members.authWithPassword(address(name), PASSWORD);
  return { pb, members, id: pb.authStore.record.id };
}

/** What the user's browser does: go to the provider, be sent back, go on to the page that it returns. */
async function browse(url) {
  const back = (await fetch(url, { redirect: "manual" })).headers.get("location");
  const answer = await fetch(back, { redirect: "manual" });
  assert.equal(answer.status, 307);
  return new URL(answer.headers.get("location"), back).href;
}

step("a superuser sets up mail, a provider and the collection", async (s) => {
  s.admin = await superuser();
  s.provider = await startProvider({
    sub: "ada-at-idp", email: address("ada"), email_verified: true, name: "Ada L.",
    preferred_username: "ada", picture: "https://img.example.com/ada.png",
  });
  s.before = await s.admin.settings.getAll();
  await s.admin.settings.update({
    meta: {
      appName: "Sign-in", appURL: "https://app.example.com",
      senderName: "The App", senderAddress: "app@example.com",
    },
    smtp: { enabled: true, host: "127.0.0.1", port: Number(process.env.INBOX_SMTP), tls: false },
  });
  const own = "id = @request.auth.id";
  const made = await recreate(s.admin, {
    name: NAME, type: "auth", createRule: "", listRule: own, viewRule: own, updateRule: own,
    fields: [{ name: "name", type: "text" }, { name: "nick", type: "text" }, { name: "picture", type: "url" }],
    otp: { enabled: true, length: 6 },
    oauth2: {
      enabled: true, providers: [entry(s.provider)],
      mappedFields: { name: "name", username: "nick", avatarURL: "picture" },
    },
  });
  assert.ok(!JSON.stringify(made).includes(CLIENT_SECRET));
});

step("the ways to sign in are listed", async () => {
  const methods = await client().collection(NAME).listAuthMethods();
  assert.deepEqual(methods.password, { enabled: true, identityFields: ["email"] });
  assert.deepEqual(methods.otp, { enabled: true, duration: 180 });
  assert.deepEqual(methods.mfa, { enabled: false, duration: 0 });
  const [provider] = methods.oauth2.providers;
  assert.equal(methods.oauth2.providers.length, 1);
  assert.deepEqual([provider.name, provider.displayName], ["oidc", "Our provider"]);
  assert.deepEqual([provider.codeChallengeMethod, provider.codeVerifier.length], ["S256", 43]);
  assert.ok(provider.authURL.endsWith("&redirect_uri="));
});

step("password: the right one signs in, others do not", async () => {
  const { pb, id } = await member("pia");
  assert.ok(pb.authStore.isValid && !pb.authStore.isSuperuser);
  assert.deepEqual([pb.authStore.record.email, pb.authStore.record.collectionName], [address("pia"), NAME]);
  assert.equal((await pb.collection(NAME).getOne(id)).name, "pia");
  for (const [identity, password] of [[address("pia"), "wrong"], [address("nobody"), PASSWORD]]) {
    const error = await refusal(400, client().collection(NAME).authWithPassword(identity, password));
    assert.deepEqual(error.response, { data: {}, message: "Failed to authenticate.", status: 400 });
  }
});

step("refresh: a new token of the same account; none for a guest", async () => {
  const { pb, members, id } = await member("rob");
  const first = pb.authStore.token;
  await sleep(1100); // expiry is in whole seconds
  const answer = await members.authRefresh();
  assert.notEqual(answer.token, first);
  assert.deepEqual([pb.authStore.token, answer.record.id], [answer.token, id]);
  await refusal(401, client().collection(NAME).authRefresh());
  await refusal(403, pb.collection("_superusers").authRefresh());
});

step("superusers' tokens are renewed by the SDK itself", async (s) => {
  const pb = client();
  const [, email, password] = process.argv.slice(2);
  await pb.collection("_superusers").authWithPassword(email, password, { autoRefreshThreshold: 10 ** 7 });
  const first = pb.authStore.token;
  await sleep(1100);
  assert.equal((await pb.collections.getOne(NAME)).name, NAME);
  assert.notEqual(pb.authStore.token, first);
  assert.ok(pb.authStore.isSuperuser);
});

step("OTP: a code by mail, once; it proves the address", async (s) => {
  const { members } = await member("otto");
  const pb = client();
  const { otpId } = await pb.collection(NAME).requestOTP(address("otto"));
  const message = await mail(address("otto"));
  assert.equal(message.subject, "OTP for Sign-in");
  const [code] = message.text.match(/\b\d{6}\b/);
  await noted(s.admin, otpId);
  const wrong = await refusal(400, pb.collection(NAME).authWithOTP(otpId, "000"));
  assert.equal(wrong.response.message, "Invalid or expired OTP.");
  const answer = await pb.collection(NAME).authWithOTP(otpId, code);
  assert.equal(answer.record.verified, true);
  await refusal(400, pb.collection(NAME).authWithOTP(otpId, code));
  // whoever signed up with this address before proving it keeps nothing
  await refusal(401, members.authRefresh());
  await refusal(400, client().collection(NAME).authWithPassword(address("otto"), PASSWORD));
  const unknown = await client().collection(NAME).requestOTP(address("nobody"));
  assert.equal(unknown.otpId.length, otpId.length);
});

step("MFA: password and code, code and provider, but not the same twice", async (s) => {
  const { members } = await member("max");
  await s.admin.collections.update(NAME, { mfa: { enabled: true, duration: 600 } });
  const first = await refusal(401, members.authWithPassword(address("max"), PASSWORD));
  const { mfaId } = first.response;
  assert.deepEqual(first.response, { mfaId });
  await refusal(400, members.authWithPassword(address("max"), PASSWORD, { mfaId }));
  const { otpId } = await members.requestOTP(address("max"), { mfaId });
  const [code] = (await mail(address("max"))).text.match(/\b\d{6}\b/);
  await noted(s.admin, otpId);
  const pb = client();
  const answer = await pb.collection(NAME).authWithOTP(otpId, code, { mfaId });
  assert.deepEqual([answer.record.email, answer.record.verified], [address("max"), true]);
  await refusal(400, pb.collection(NAME).authWithPassword(address("max"), PASSWORD, { mfaId }));

  s.provider.who = { ...s.provider.who, sub: "max-at-idp", email: address("max") };
  const again = await refusal(401, pb.collection(NAME).authWithPassword(address("max"), PASSWORD));
  const both = await pb.collection(NAME).authWithOAuth2({
    provider: "oidc", urlCallback: browse, query: { mfaId: again.response.mfaId },
  });
  assert.deepEqual([both.record.email, both.meta.isNew], [address("max"), false]);
  await s.admin.collections.update(NAME, { mfa: { enabled: false } });
});

step("verification: a link by mail; the SDK's stored record follows", async () => {
  const { pb, members } = await member("vera");
  assert.equal(pb.authStore.record.verified, false);
  assert.equal(await members.requestVerification(address("vera")), true);
  const message = await mail(address("vera"));
  assert.deepEqual([message.subject, message.from], ["Verify your Sign-in email", "The App <app@example.com>"]);
  const token = linked(message, "confirm-verification");
  assert.equal(await members.confirmVerification(token), true);
  assert.equal(pb.authStore.record.verified, true);
  assert.equal((await members.authRefresh()).record.verified, true);
  assert.equal(await members.requestVerification(address("nobody")), true);
  const bad = await refusal(400, members.confirmVerification(`${token}x`));
  assert.equal(bad.response.data.token.code, "validation_invalid_token");
});

step("password reset: a link by mail, once; the old password and token are void", async () => {
  const { members } = await member("rita");
  const guest = client().collection(NAME);
  assert.equal(await guest.requestPasswordReset(address("rita")), true);
  const message = await mail(address("rita"));
  assert.equal(message.subject, "Reset your Sign-in password");
  const token = linked(message, "confirm-password-reset");
  const differ = await refusal(400, guest.confirmPasswordReset(token, "new-password-9", "other"));
  assert.equal(differ.response.data.passwordConfirm.code, "validation_values_mismatch");
  assert.equal(await guest.confirmPasswordReset(token, "new-password-9", "new-password-9"), true);
  await refusal(400, guest.confirmPasswordReset(token, "newer-password", "newer-password"));
  await refusal(401, members.authRefresh());
  await refusal(400, guest.authWithPassword(address("rita"), PASSWORD));
  assert.equal((await guest.authWithPassword(address("rita"), "new-password-9")).record.verified, true);
});

step("e-mail change: a link to the new address, followed with the password", async () => {
  const { pb, members } = await member("emil");
  await refusal(401, client().collection(NAME).requestEmailChange(address("emil2")));
  assert.equal(await members.requestEmailChange(address("emil2")), true);
  const message = await mail(address("emil2"));
  assert.deepEqual([message.subject, message.to], ["Confirm your Sign-in new email address", [address("emil2")]]);
  const token = linked(message, "confirm-email-change");
  await refusal(400, members.confirmEmailChange(token, "wrong"));
  assert.equal(await members.confirmEmailChange(token, PASSWORD), true);
  assert.equal(pb.authStore.record, null); // the SDK knows that the token ended
  await refusal(400, members.confirmEmailChange(token, PASSWORD));
  await refusal(400, members.authWithPassword(address("emil"), PASSWORD));
  const { record } = await members.authWithPassword(address("emil2"), PASSWORD);
  assert.deepEqual([record.email, record.verified], [address("emil2"), true]);
});

step("alert: a mail for a place that is new, and its row", async () => {
  const { pb, members, id } = await member("alma");
  await members.authWithPassword(address("alma"), PASSWORD, { headers: { "User-Agent": "another <browser>" } });
  const message = await mail(address("alma"));
  assert.equal(message.subject, "Login from a new location");
  assert.ok(message.html.includes("another &lt;browser&gt;"));
  const places = await pb.collection("_authOrigins").getFullList();
  assert.equal(places.length, 2);
  assert.ok(places.every((place) => place.recordRef === id && /^[0-9a-f]{32}$/.test(place.fingerprint)));
});

step("OAuth2 by code: the provider checks the verifier and the address", async (s) => {
  s.provider.who = {
    sub: "cora-at-idp", email: address("cora"), email_verified: true, name: "Cora",
    preferred_username: "cora", picture: "https://img.example.com/cora.png",
  };
  const members = client().collection(NAME);
  const back = "https://app.example.com/back?x=1";
  const code = async () => {
    const [provider] = (await members.listAuthMethods()).oauth2.providers;
    const answer = await fetch(provider.authURL + encodeURIComponent(back), { redirect: "manual" });
    const url = new URL(answer.headers.get("location"));
    assert.equal(url.searchParams.get("state"), provider.state);
    return [url.searchParams.get("code"), provider.codeVerifier];
  };
  let [given, verifier] = await code();
  const wrong = await refusal(400, members.authWithOAuth2Code("oidc", given, "w".repeat(43), back));
  assert.equal(wrong.response.message, "Failed to fetch OAuth2 token.");
  [given, verifier] = await code();
  await refusal(400, members.authWithOAuth2Code("oidc", given, verifier, "https://evil.example.com"));
  [given, verifier] = await code();
  const answer = await members.authWithOAuth2Code("oidc", given, verifier, back, { nick: "own" });
  await refusal(400, members.authWithOAuth2Code("oidc", given, verifier, back));
  const { record, meta } = answer;
  assert.deepEqual([record.email, record.verified, record.name], [address("cora"), true, "Cora"]);
  assert.deepEqual([record.nick, record.picture], ["own", "https://img.example.com/cora.png"]);
  assert.deepEqual([meta.id, meta.username, meta.isNew], ["cora-at-idp", "cora", true]);
  assert.deepEqual(meta.rawUser, s.provider.who);
  assert.ok(meta.accessToken && meta.refreshToken && meta.expiry);
});

step("OAuth2 all in one: a window, the answer over realtime, the account", async (s) => {
  s.provider.who = { sub: "olga-at-idp", email: address("olga"), email_verified: true, name: "Olga" };
  const pb = client();
  let shown = "";
  let visit;
  const answer = await pb.collection(NAME).authWithOAuth2({
    provider: "oidc", scopes: ["openid", "email"], createData: { nick: "o" },
    urlCallback: (url) => { shown = url; visit = browse(url); },
  });
  assert.equal(new URL(shown).searchParams.get("redirect_uri"), `${base}/api/oauth2-redirect`);
  assert.equal(new URL(shown).searchParams.get("scope"), "openid email");
  assert.equal(await visit, `${base}/_/#/auth/oauth2-redirect-success`);
  assert.deepEqual([answer.meta.isNew, answer.record.nick, answer.record.name], [true, "o", "Olga"]);
  assert.equal((await pb.collection(NAME).authRefresh()).record.id, answer.record.id);
  const again = await client().collection(NAME).authWithOAuth2({ provider: "oidc", urlCallback: browse });
  assert.deepEqual([again.meta.isNew, again.record.id], [false, answer.record.id]);
});

step("OpenID Connect without a profile page: the id token, if issuer and signature are right", async (s) => {
  s.provider.who = { sub: "tom-at-idp", email: address("tom"), email_verified: true, name: "Tom" };
  const { url } = s.provider;
  const signIn = async (extra) => {
    const providers = [entry(s.provider, { userInfoURL: "", extra })];
    await s.admin.collections.update(NAME, { oauth2: { providers } });
    return client().collection(NAME).authWithOAuth2({ provider: "oidc", urlCallback: browse });
  };
  await refusal(400, signIn({ issuers: ["https://other.example.com"], jwksURL: `${url}/jwks` }));
  await refusal(400, signIn({ issuers: [url], jwksURL: `${url}/nothing` }));
  const { record, meta } = await signIn({ issuers: [url], jwksURL: `${url}/jwks` });
  assert.deepEqual([record.email, record.name, record.verified], [address("tom"), "Tom", true]);
  assert.deepEqual([meta.rawUser.iss, meta.rawUser.aud, meta.isNew], [url, CLIENT_ID, true]);
  await s.admin.collections.update(NAME, { oauth2: { providers: [entry(s.provider)] } });
});

step("OAuth2 refused at the provider ends in an error, and no account", async (s) => {
  s.provider.who = { sub: "nils-at-idp", email: address("nils"), email_verified: true };
  s.provider.denies = true;
  let visit;
  const error = await client().collection(NAME)
    .authWithOAuth2({ provider: "oidc", urlCallback: (url) => { visit = browse(url); } })
    .then(() => assert.fail("signed in"), (reason) => reason);
  assert.match(String(error.originalError ?? error), /access_denied/);
  assert.equal(await visit, `${base}/_/#/auth/oauth2-redirect-failure`);
  s.provider.denies = false;
  const found = await s.admin.collection(NAME).getList(1, 1, { filter: `email = "${address("nils")}"` });
  assert.equal(found.totalItems, 0);
});

step("links: by the proved address, listed, unlinked by their owner alone", async (s) => {
  const lena = await member("lena");
  await s.admin.collection(NAME).update(lena.id, { verified: true });
  s.provider.who = { sub: "lena-at-idp", email: address("lena"), email_verified: false, name: "Not Lena" };
  await refusal(400, client().collection(NAME).authWithOAuth2({ provider: "oidc", urlCallback: browse }));
  s.provider.who = { ...s.provider.who, email_verified: true };
  const pb = client();
  const answer = await pb.collection(NAME).authWithOAuth2({ provider: "oidc", urlCallback: browse });
  assert.deepEqual([answer.record.id, answer.record.name, answer.meta.isNew], [lena.id, "lena", false]);
  const links = await pb.collection(NAME).listExternalAuths(lena.id);
  assert.deepEqual(links.map((link) => [link.provider, link.providerId]), [["oidc", "lena-at-idp"]]);
  const other = await member("luis");
  assert.deepEqual(await other.pb.collection(NAME).listExternalAuths(lena.id), []);
  await refusal(404, other.pb.collection(NAME).unlinkExternalAuth(lena.id, "oidc"));
  assert.equal(await pb.collection(NAME).unlinkExternalAuth(lena.id, "oidc"), true);
  await refusal(404, pb.collection(NAME).unlinkExternalAuth(lena.id, "oidc"));
  // signed in as somebody: the provider's user is linked to who asks
  s.provider.who = { sub: "luis-at-idp", email: address("elsewhere"), email_verified: true };
  const joined = await other.pb.collection(NAME).authWithOAuth2({ provider: "oidc", urlCallback: browse });
  assert.deepEqual([joined.record.id, joined.record.email], [other.id, address("luis")]);
});

step("impersonation: a client of its own, that cannot be prolonged", async (s) => {
  const { pb, id } = await member("ida");
  const borrowed = await s.admin.collection(NAME).impersonate(id, 60);
  assert.deepEqual([borrowed.authStore.record.id, s.admin.authStore.isSuperuser], [id, true]);
  assert.equal((await borrowed.collection(NAME).getOne(id)).name, "ida");
  const { token } = borrowed.authStore;
  assert.equal((await borrowed.collection(NAME).authRefresh()).token, token);
  await refusal(403, pb.collection(NAME).impersonate(id, 60));
  await s.admin.collection(NAME).update(id, { "tokenKey:autogenerate": "" });
  await refusal(401, borrowed.collection(NAME).authRefresh());
});

step("all is as before", async (s) => {
  await s.provider.stop();
  await s.admin.collections.delete(NAME);
  await s.admin.settings.update({ meta: s.before.meta, smtp: s.before.smtp });
});

run();
