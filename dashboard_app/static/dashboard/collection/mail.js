// Shows a mail as it will look, filled in with samples.
import { make } from "../elements.js";

/** Ask for the preview of ``{subject, body}`` and show it in a dialog. */
export async function preview({ subject, body }, context) {
    const answer = await context.previewMail(subject, body);
    const frame = make("iframe", { className: "ed-mail", title: "The mail" });
    frame.setAttribute("sandbox", "");
    frame.srcdoc = answer.html;
    const dialog = make("dialog", { className: "ed-dialog ed-wide-dialog", "aria-labelledby": "mail-subject" });
    dialog.append(
        make("h2", { id: "mail-subject" }, answer.subject || "(no subject)"),
        frame,
        make("p", { className: "ed-help" }, "As it is here, not yet saved; with samples for what differs. ",
            make("a", { className: "t-link", href: context.testMail }, "Send the saved one to yourself")),
        make("div", { className: "ed-buttons" }, make("button", {
            type: "button", className: "ed-button ed-primary", onclick: () => dialog.close(),
        }, "Close")),
    );
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
}
