// The acts of links in mails, the ends of OAuth2, a forgotten password: #/auth/<act>[/<token>].
(() => {
    "use strict";
    const api = new URL("../../api/", location.href);
    const at = (id) => document.getElementById(id);
    const title = at("title");

    /** Return what a token says about itself, {} if it is none. Nothing here trusts it. */
    function claimsOf(token) {
        try {
            const base64 = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
            const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
            const claims = JSON.parse(new TextDecoder().decode(bytes));
            return typeof claims === "object" && claims !== null ? claims : {};
        } catch {
            return {};
        }
    }

    /** Ask the API; return {isFine, message, data}. */
    async function ask(claims, act, body) {
        const collection = encodeURIComponent(claims.collectionId || "_");
        try {
            const response = await fetch(new URL(`collections/${collection}/${act}`, api), {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify(body),
                credentials: "omit",
            });
            const text = await response.text();
            const answer = text ? JSON.parse(text) : {};
            return { isFine: response.ok, message: answer.message || "", data: answer.data || {} };
        } catch {
            return { isFine: false, message: "The server cannot be reached.", data: {}, isAway: true };
        }
    }

    function show(heading, text = "") {
        for (const part of document.querySelectorAll("form, #problem, #again, #links")) {
            part.hidden = true;
        }
        title.textContent = heading;
        at("text").textContent = text;
        at("text").hidden = !text;
        document.title = heading;
        title.focus();
    }

    function showEnd(heading, text, claims) {
        show(heading, text);
        const isSuperuser = claims.collectionId === document.body.dataset.superusers;
        at("to-dashboard").hidden = !isSuperuser;
        if (at("to-app")) {
            at("to-app").hidden = isSuperuser;
        }
        at("links").hidden = false;
    }

    /** Say that the link is no good and, if it says whose it was, offer another one. */
    function showInvalid(claims, resend, text) {
        show("This link does not work (any more)", text);
        if (!claims.email || !claims.collectionId) {
            return;
        }
        const button = at("again");
        button.hidden = false;
        button.disabled = false;
        button.onclick = async () => {
            button.disabled = true;
            const answer = await ask(claims, resend, { email: claims.email });
            if (answer.isFine) {
                show("Look into your mail", `If ${claims.email} has an account, a new link is on its way.`);
            } else {
                button.disabled = false;
                showProblem(answer.message);
            }
        };
    }

    function showProblem(message) {
        at("problem").textContent = message;
        at("problem").hidden = false;
    }

    /** Let a form send what is typed; a refused token ends in ``whenInvalid``. */
    function onSubmit(form, claims, act, token, { done, whenInvalid }) {
        form.hidden = false;
        form.querySelector("input").focus();
        form.onsubmit = async (event) => {
            event.preventDefault();
            const button = form.querySelector("button");
            button.disabled = true;
            at("problem").hidden = true;
            const typed = Object.fromEntries(new FormData(form));
            const answer = await ask(claims, act, { token, ...typed });
            button.disabled = false;
            if (answer.isFine) {
                done(typed);
            } else if (answer.data.token) {
                whenInvalid();
            } else {
                showErrors(form, answer);
            }
        };
    }

    function showErrors(form, answer) {
        let isShown = false;
        for (const place of form.querySelectorAll("[data-error]")) {
            const error = answer.data[place.dataset.error];
            const input = form.elements[place.dataset.error];
            place.textContent = error ? error.message : "";
            place.hidden = !error;
            place.id = `error-${form.id}-${input.name}`;
            input.setAttribute("aria-invalid", String(Boolean(error)));
            input.setAttribute("aria-describedby", place.id);
            if (error && !isShown) {
                input.focus();
            }
            isShown ||= Boolean(error);
        }
        if (!isShown) {
            showProblem(answer.message || "This did not work; please try again.");
        }
    }

    const acts = {
        async "confirm-verification"(token, claims) {
            show("One moment …", "Your e-mail address is being confirmed.");
            const answer = await ask(claims, "confirm-verification", { token });
            if (answer.isFine) {
                showEnd("E-mail address confirmed", `${claims.email || "It"} is yours. You can close this page.`, claims);
            } else if (answer.isAway) {
                show("Not confirmed", answer.message);
            } else {
                showInvalid(claims, "request-verification", "It may have expired, or the address has changed since.");
            }
        },

        "confirm-password-reset"(token, claims) {
            show("Choose a new password", claims.email ? `For ${claims.email}.` : "");
            onSubmit(at("password-reset"), claims, "confirm-password-reset", token, {
                done: () => showEnd("Your password is changed", "You can sign in with the new one.", claims),
                whenInvalid: () => showInvalid(
                    claims, "request-password-reset", "It may have expired, or has been used already.",
                ),
            });
        },

        "request-password-reset"() {
            const superusers = { collectionId: document.body.dataset.superusers };
            show("Forgotten your password?", "A superuser gets a link by mail. If you are none, ask one for a new password.");
            onSubmit(at("forgotten"), superusers, "request-password-reset", "", {
                done: ({ email }) => showEnd("Look into your mail", `If ${email} is a superuser's, a link is on its way.`, superusers),
                whenInvalid: () => {},
            });
        },

        "confirm-email-change"(token, claims) {
            const to = claims.newEmail ? ` to ${claims.newEmail}` : "";
            show("Change your e-mail address", `Type your password to change it${to}.`);
            onSubmit(at("email-change"), claims, "confirm-email-change", token, {
                done: () => showEnd("Your e-mail address is changed", "Sign in again with the new one.", claims),
                whenInvalid: () => showInvalid(
                    {}, "", "It may have expired, has been used already, or somebody else has the address.",
                ),
            });
        },

        "oauth2-redirect-success"() {
            show("You are signed in", "You can close this window and go back to the app.");
            // no need of an opener: the browser cut it off where the provider is another site
            window.close();
        },

        "oauth2-redirect-failure"() {
            show("Signing in did not work", "You can close this window, go back to the app and try again.");
        },
    };

    function run() {
        const [, act = "", token = ""] = location.hash.match(/^#\/auth\/([\w-]+)(?:\/([^/?]*))?/) || [];
        if (Object.hasOwn(acts, act)) {
            acts[act](token, claimsOf(token));
        } else {
            show("There is nothing here", "The link is not complete. Try to copy it as a whole.");
        }
    }

    addEventListener("hashchange", run);
    run();
})();
