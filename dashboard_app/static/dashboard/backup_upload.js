// Sends a backup as clients of the API do, since only they may send files of any size.
const form = document.getElementById("backup-upload");
const progress = form.querySelector("progress");
const problem = form.querySelector("[role=alert]");

form.hidden = false;
form.addEventListener("submit", async (event) => {
    event.preventDefault();
    busy(true);
    try {
        await send(form.elements.file.files[0], await token());
        location.reload();
    } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
        busy(false);
    }
});

function busy(is) {
    progress.hidden = !is;
    form.querySelector("button").disabled = is;
    problem.hidden = problem.hidden || is;
}

async function token() {
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    const response = await fetch(form.dataset.token, { method: "POST", headers });
    if (!response.ok) {
        throw new Error("You are signed out.");
    }
    return (await response.json()).token;
}

/** fetch() does not tell how much is sent. */
function send(file, authorization) {
    const body = new FormData();
    body.append("file", file);
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open("POST", "/api/backups/upload");
        request.setRequestHeader("Authorization", authorization);
        request.upload.addEventListener("progress", ({ loaded, total }) => (progress.value = loaded / total));
        request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(new Error(said(request)))));
        request.addEventListener("error", () => reject(new Error("The server cannot be reached.")));
        request.send(body);
    });
}

function said(request) {
    try {
        const { message, data } = JSON.parse(request.responseText);
        return data.file?.message || message;
    } catch {
        return `The server answers ${request.status}.`;
    }
}
