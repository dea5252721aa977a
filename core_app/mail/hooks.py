"""The signals around every e-mail."""

from __future__ import annotations

from dataclasses import dataclass

from core_app.hooks import HookSignal
from core_app.mail.message import Message


@dataclass(slots=True)
class MessageEvent:
    """An e-mail is about to be sent, or has been; ``message`` may be changed before."""

    message: Message


#: raise to stop the message; what is raised reaches whoever sends it
before_mail_send = HookSignal("before_mail_send")
mail_sent = HookSignal("mail_sent")
