// A real OpenID Connect provider on this machine: oauth2-mock-server, made as strict as real ones are.
// It signs id tokens, checks PKCE, the client's name and secret, the redirect address, and that a code
// is used once. Imported by scripts, or run by itself: prints {"url", ...} and ends with its stdin.
import { pathToFileURL } from "node:url";
import { OAuth2Server } from "oauth2-mock-server";

export const CLIENT_ID = "the client";
export const CLIENT_SECRET = "its/secret";

/** Start a provider; `who` (claims with a `sub`) is signed in there, until it is changed. */
export async function startProvider(who) {
  const server = new OAuth2Server();
  await server.issuer.keys.generate("RS256");
  await server.start(0, "127.0.0.1");
  const url = `http://127.0.0.1:${server.address().port}`;
  server.issuer.url = url;
  const provider = { url, who, denies: false, asked: [], stop: () => server.stop() };
  const codes = new Map(); // code -> {user, redirectUri}
  const users = new Map(); // sub -> claims

  server.service.on("beforeAuthorizeRedirect", ({ url: back }, request) => {
    if (provider.denies) {
      back.searchParams.delete("code");
      back.searchParams.set("error", "access_denied");
      return;
    }
    users.set(provider.who.sub, provider.who);
    codes.set(back.searchParams.get("code"), {
      user: provider.who, redirectUri: request.query.redirect_uri,
    });
  });
  server.service.on("beforeTokenSigning", (token, request) => {
    Object.assign(token.payload, codes.get(request.body.code)?.user);
    if (token.payload.aud) [token.payload.aud] = credentials(request); // it keeps the header's encoding
  });
  server.service.on("beforeResponse", (response, request) => {
    const { code, redirect_uri: redirectUri } = request.body;
    const known = codes.get(code);
    codes.delete(code);
    provider.asked.push({ ...request.body });
    const [id, secret] = credentials(request);
    if (id !== CLIENT_ID || secret !== CLIENT_SECRET) {
      Object.assign(response, { statusCode: 401, body: { error: "invalid_client" } });
    } else if (!known || known.redirectUri !== redirectUri) {
      Object.assign(response, { statusCode: 400, body: { error: "invalid_grant" } });
    }
  });
  server.service.on("beforeUserinfo", (response, request) => {
    const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "e30", "base64url"));
    const user = users.get(claims.sub);
    Object.assign(response, user ? { body: user } : { statusCode: 401, body: {} });
  });
  return provider;
}

/** The entry of a collection's `oauth2.providers` for a provider that was started. */
export function entry(provider, changes = {}) {
  return {
    name: "oidc", clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, displayName: "Our provider",
    authURL: `${provider.url}/authorize`, tokenURL: `${provider.url}/token`,
    userInfoURL: `${provider.url}/userinfo`, ...changes,
  };
}

/** The client's name and secret, form-encoded in the header as RFC 6749 wants, or in the body. */
function credentials(request) {
  const header = request.headers.authorization ?? "";
  if (!header.startsWith("Basic ")) return [request.body.client_id, request.body.client_secret];
  const decoded = (text) => decodeURIComponent(text.replaceAll("+", " "));
  return Buffer.from(header.slice(6), "base64").toString().split(":").map(decoded);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const provider = await startProvider(JSON.parse(process.argv[2]));
  console.log(JSON.stringify({ ...entry(provider), jwksURL: `${provider.url}/jwks`, issuer: provider.url }));
  process.stdin.resume().on("end", () => process.exit(0));
}
