/* Swagger UI on the whole API for who is signed in to the dashboard, on the public part otherwise. */
"use strict";
(async () => {
    const root = document.getElementById("viewer");

    const cookie = (name) =>
        document.cookie.split("; ").find((item) => item.startsWith(`${name}=`))?.slice(name.length + 1) || "";

    const json = async (url, options) => {
        const response = await fetch(url, { redirect: "manual", ...options });
        return response.ok ? response.json() : null;
    };

    // without a session the dashboard answers with its sign-in page, or leads there
    const own = await json(root.dataset.own).catch(() => null);
    const spec = own || (root.dataset.open && (await json(root.dataset.open)));
    if (!spec) {
        document.getElementById("sign-in").hidden = false;
        return;
    }
    // Swagger UI draws the choice of a server without a label, again after each change
    new MutationObserver(() => {
        for (const choice of root.querySelectorAll(".servers select:not([aria-label])")) choice.setAttribute("aria-label", "Server");
    }).observe(root, { childList: true, subtree: true });
    const ui = SwaggerUIBundle({ spec, domNode: root, deepLinking: true, docExpansion: "none", filter: true });
    if (!own) return;
    const headers = { "X-CSRFToken": cookie(root.dataset.cookie) };
    const signedIn = await json(root.dataset.token, { method: "POST", headers });
    if (signedIn) ui.preauthorizeApiKey("token", signedIn.token);
})();
