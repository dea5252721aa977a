// The export as text, fetched when it is asked for: many collections are megabytes.
const form = document.getElementById("export");
const text = form.querySelector("textarea");

form.querySelector("[data-show]").addEventListener("click", async () => {
    const response = await fetch(`${form.action}?${new URLSearchParams(new FormData(form))}`);
    text.value = response.ok ? await response.text() : "The server does not answer.";
    text.hidden = false;
    text.focus();
    text.setSelectionRange(0, 0);
    text.scrollTop = 0;
});
